import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import {
  conditionOf,
  type Facts,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  passOf,
  SERVER,
  stack,
  worker,
} from './observation.fixture.ts';

/** A cluster that has been looked at before, so that the fast schedule is on already. */
const awake = (facts: Facts) =>
  passOf({ ...facts, status: passOf({ ...facts, now: (facts.now ?? NOW) - minutes(1) }).status });
const three = { pools: { default: { workers: 3 } } };
const busyFree = { workers: [worker('a'), worker('b'), worker('c')] };

describe('decide: from a document to running workers', () => {
  const rows: [string, Facts, string[]][] = [
    [
      'a new cluster gets its stacks',
      { spec: three, stacks: { [SERVER]: noStack, [POOL]: noStack } },
      ['fast schedule on', 'CreateStack server', 'CreateStack default'],
    ],
    [
      'nothing is counted while stacks are made',
      { spec: three, stacks: { [SERVER]: stack('CREATE_IN_PROGRESS'), [POOL]: stack('CREATE_IN_PROGRESS') } },
      ['fast schedule on'],
    ],
    [
      'services that exist get their counts',
      { spec: three, server: [0, 0], pool: [0, 0] },
      ['fast schedule on', 'server 0→1', 'default 0→3'],
    ],
    [
      'a cluster that wants nothing starts nothing',
      { spec: { pools: { default: { workers: 0 } } }, server: [0, 0], pool: [0, 0] },
      [],
    ],
    ['a suspended cluster is left alone', { spec: { ...three, suspend: true }, server: [0, 0], pool: [0, 0] }, []],
    [
      'services that can not be read are not counted',
      { spec: three, services: { known: false, error: 'ThrottlingException' } },
      ['fast schedule on'],
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(passOf(facts).lines).toEqual(expected));

  it('a converged cluster is Ready and nothing is done', () => {
    const { lines, status } = awake({ spec: three, server: [1, 1], pool: [3, 3], activity: busyFree });
    expect(lines).toEqual([]);
    expect(conditionOf(status, 'Ready')).toBe('True Converged');
    expect(status.observedRevision).toBe('r1');
    expect(status.endpoint).toBe('127.0.0.9:8980');
  });

  it('the revision counts as observed only once everything runs', () => {
    const { status } = awake({
      spec: three,
      server: [1, 1],
      pool: [3, 2],
      activity: { workers: [worker('a'), worker('b')] },
    });
    expect(status.observedRevision).toBe(null);
    expect(conditionOf(status, 'Ready')).toBe('False Starting');
    expect(status.conditions.find((c) => c.type === 'WorkersAvailable')?.message).toBe('default 2/3');
  });
});

describe('decide: how many workers', () => {
  const pool = (p: object, more: object = {}) => ({ pools: { default: { slots: 4, ...p } }, ...more });
  const rows: [string, Facts, number][] = [
    ['spec.workers', { spec: pool({ workers: 3 }) }, 3],
    ['leases add up', { spec: pool({ workers: 1 }), leases: [2, 3] }, 5],
    [
      'queued and running actions, by slots',
      { spec: pool({}), activity: { queued: 9, running: 4, pools: { default: { queued: 9, running: 4 } } } },
      4,
    ],
    [
      'not the queue when the spec says so',
      {
        spec: pool({}, { scaling: { queue: false } }),
        leases: [1],
        activity: { queued: 9, pools: { default: { queued: 9, running: 0 } } },
      },
      1,
    ],
    ['never more than workersMax', { spec: pool({ workers: 2, workersMax: 4 }), leases: [9] }, 4],
    [
      'a schedule floor inside its window',
      {
        spec: pool(
          {},
          { scaling: { schedules: [{ cron: '0 8 * * MON-FRI', for: '10h', pools: { default: { workers: 2 } } }] } },
        ),
      },
      2,
    ],
    [
      'no floor outside its window',
      {
        spec: pool(
          {},
          { scaling: { schedules: [{ cron: '0 10 * * *', for: '1h', pools: { default: { workers: 2 } } }] } },
        ),
      },
      0,
    ],
    ['what an hour may cost', { spec: pool({ workers: 9 }, { budget: { usdPerHour: 0.3 } }) }, 3],
  ];
  it.each(rows)('%s', (_rule, facts, wanted) => {
    expect(passOf({ server: [1, 1], pool: [0, 0], activity: {}, ...facts }).status.pools.default?.wanted).toBe(wanted);
  });

  it('a lease beyond the budget is named in WithinBudget', () => {
    const { status } = passOf({
      spec: pool({ workers: 9 }, { budget: { usdPerHour: 0.3 } }),
      server: [1, 1],
      pool: [0, 0],
      activity: {},
    });
    expect(conditionOf(status, 'WithinBudget')).toBe('False BudgetReached');
  });
});

describe('decide: taking workers away', () => {
  const less = { pools: { default: { workers: 1 } } };
  const four = [worker('a', { running: 2 }), worker('b'), worker('c', { running: 1 }), worker('d')];
  const base: Facts = {
    spec: less,
    server: [1, 1],
    pool: [4, 4],
    activity: { running: 3, idleSince: null, workers: four },
  };
  const later = (facts: Facts, after: number, previous = passOf(base).status) =>
    passOf({ ...facts, now: NOW + after, status: previous });

  it('waits for scaleInAfter before it marks anybody', () => {
    const first = passOf(base);
    expect(first.lines).toEqual(['fast schedule on']);
    expect(first.status.pools.default).toMatchObject({ draining: [], lessSince: '2026-11-23T09:00:00.000Z' });
    expect(later(base, minutes(4)).status.pools.default?.draining).toEqual([]);
  });

  it('then drains idle workers only', () => {
    const { status, lines } = later(base, minutes(5));
    expect(status.pools.default?.draining).toEqual(['b', 'd']);
    expect(lines).toEqual([]);
  });

  it('lowers the count by the workers that the farm reports drained, after they were asked', () => {
    const asked = later(base, minutes(5)).status;
    const drained = four.map((w) => (w.name === 'b' ? { ...w, draining: true, drained: true } : w));
    const facts = { ...base, activity: { ...base.activity, workers: drained } };
    expect(later(facts, minutes(6), asked).lines).toEqual(['default 4→3']);
  });

  it('does not count a drained worker that nobody asked to drain', () => {
    const drained = four.map((w) => (w.name === 'b' ? { ...w, draining: true, drained: true } : w));
    expect(later({ ...base, activity: { ...base.activity, workers: drained } }, minutes(6)).lines).toEqual([]);
  });

  it('holds while activity is unknown', () => {
    for (const activity of [null, undefined]) {
      const { status, lines } = later({ ...base, activity }, minutes(6));
      expect(lines).toEqual([]);
      expect(status.pools.default?.draining).toEqual([]);
    }
  });

  it('zero in the spec drains everybody at once, and lets the busy finish', () => {
    const zero = { ...base, spec: { pools: { default: { workers: 0 } }, scaling: { queue: false } } };
    expect(passOf(zero).status.pools.default?.draining).toEqual(['b', 'd', 'c', 'a']);
  });

  it('a wish that comes back takes the marks away', () => {
    const asked = later(base, minutes(5)).status;
    expect(
      later({ ...base, spec: { pools: { default: { workers: 4 } } } }, minutes(6), asked).status.pools.default
        ?.draining,
    ).toEqual([]);
  });
});

describe('decide: documents that can not be followed', () => {
  const problems = [
    { pointer: '/spec/pools/default/workers', message: 'is negative', expected: '0 to 1000', fix: 'write 0 or more' },
  ];
  const invalid = { state: 'invalid' as const, revision: 'r2', modifiedAt: NOW, problems };
  const accepted = { revision: 'r1', uid: 'u1', spec: observationSpec(three) };
  const running: Facts = { spec: three, server: [1, 1], pool: [3, 3], activity: busyFree };

  it('an invalid revision leaves the last valid one in force and is refused by name', () => {
    const { lines, status } = awake({ ...running, document: invalid, accepted });
    expect(lines).toEqual([]);
    expect(conditionOf(status, 'Accepted')).toBe('False Invalid');
    expect(conditionOf(status, 'Ready')).toBe('True Converged');
    expect(status).toMatchObject({ observedRevision: 'r2', acceptedRevision: 'r1', problems });
  });

  it.each([
    ['absent', 'NeverAccepted'],
    ['unreadable', 'DocumentUnreadable'],
  ] as const)('an %s document takes nothing away', (state, reason) => {
    const document = state === 'absent' ? { state } : { state, error: 'AccessDenied' };
    expect(awake({ ...running, document, accepted }).lines).toEqual([]);
    expect(passOf({ ...running, document }).lines).toEqual([]);
    expect(conditionOf(passOf({ ...running, document }).status, 'Ready')).toBe(`False ${reason}`);
  });

  it('nothing is done for an accepted revision while a newer one may be there that can not be read', () => {
    const document = { state: 'unreadable' as const, error: 'InternalError' };
    const asksMore = { ...running, server: [0, 0] as [number, number], pool: [0, 0] as [number, number], leases: [2] };
    expect(awake(asksMore).lines).not.toEqual([]);
    expect(awake({ ...asksMore, document, accepted }).lines).toEqual([]);
  });

  it('a tombstone of another incarnation deletes nothing', () => {
    expect(awake({ ...running, spec: { ...three, delete: { uid: 'u0' } } }).lines).toEqual([]);
  });

  it('a tombstone of this one drains, then removes pools, then the server', () => {
    const spec = { ...three, delete: { uid: 'u1' } };
    expect(awake({ ...running, spec }).status.pools.default?.draining).toEqual(['a', 'b', 'c']);
    expect(passOf({ spec, server: [1, 1], pool: [0, 0], activity: {} }).lines).toEqual([
      'fast schedule on',
      'DeleteStack default',
    ]);
    const gone = { ...observation({ spec: three }).stacks, [POOL]: noStack };
    expect(passOf({ spec, server: [0, 0], stacks: gone }).lines).toContain('DeleteStack server');
  });

  it('a tombstone waits for a lease', () => {
    const { status, lines } = awake({ ...running, spec: { ...three, delete: { uid: 'u1' } }, leases: [1] });
    expect(lines).toEqual([]);
    expect(status.pools.default?.draining).toEqual([]);
  });
});

function observationSpec(spec: object) {
  const { document } = observation({ spec });
  if (document.state !== 'valid') throw new Error('the fixture’s own spec is invalid');
  return document.spec;
}

describe('decide: the order of growth and disturbance', () => {
  it('one disturbing action for each pass, growth as many as there are', () => {
    const spec = { pools: { a: { workers: 2 }, b: { workers: 0 }, c: { workers: 0 } }, scaling: { queue: false } };
    const o = observation({ spec, server: [1, 1], activity: {} });
    const name = (pool: string) => `bbf--main--pool--${pool}`;
    const known = o.services.known ? o.services.value : {};
    const up = (desired: number) => ({ ...known[SERVER], desired, running: desired }) as (typeof known)[string];
    const services = { ...known, [name('a')]: up(0), [name('b')]: up(2), [name('c')]: up(2) };
    const actions = decide({ ...o, services: { known: true, value: services } }).actions;
    expect(actions.filter((action) => action.type === 'SetDesiredCount').map((a) => [a.service, a.from, a.to])).toEqual(
      [
        [name('a'), 0, 2],
        [name('b'), 2, 0],
      ],
    );
  });

  it('an update that is due comes before the count that would start tasks of the old shape', () => {
    const stacks = { ...observation({ spec: three }).stacks, [POOL]: stack('UPDATE_COMPLETE', { hash: 'older' }) };
    const facts: Facts = { spec: three, server: [1, 1], pool: [0, 0], activity: {}, stacks };
    const first = passOf(facts);
    expect(first.lines).toEqual(['fast schedule on', 'UpdateStack default']);
    // The update failed and was rolled back: until the next try nothing is started for nobody, but for a lease it is.
    const failed = { ...facts, stacks: { ...stacks, [POOL]: stack('UPDATE_ROLLBACK_COMPLETE', { hash: 'older' }) } };
    const soon = { now: NOW + 5_000, status: first.status };
    expect(passOf({ ...failed, ...soon }).lines).toEqual([]);
    expect(passOf({ ...failed, ...soon, leases: [1] }).lines).toEqual(['default 0→3']);
  });

  it('a cluster whose services can not be read is neither ready nor at rest', () => {
    const { status } = awake({ spec: three, services: { known: false, error: 'ThrottlingException' } });
    expect([conditionOf(status, 'Ready'), conditionOf(status, 'Reconciling')]).toEqual([
      'False ServicesUnreadable',
      'True ServicesUnreadable',
    ]);
  });

  it('the same observation gives the same plan to the byte', () => {
    const o = observation({ spec: three, server: [0, 0], pool: [0, 0] });
    expect(JSON.stringify(decide(o))).toBe(JSON.stringify(decide(structuredClone(o))));
  });
});
