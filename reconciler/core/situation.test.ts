import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  heard,
  iso,
  minutes,
  NOW,
  observation,
  POOL,
  passOf,
  serviceOf,
  servicesOf,
  specOf,
  want,
  worker,
} from './observation.fixture.ts';
import {
  ownStacks,
  poolNames,
  recordOf,
  type Situation,
  serverIdle,
  serverSince,
  situationOf,
  unregistered,
  workless,
} from './situation.ts';

const spec = { pools: { default: { workers: 1 } } };
const see = (facts: Facts) => situationOf(observation({ spec, ...facts })) as Situation;
const SECOND = 1_000;

describe('which document is in force', () => {
  const accepted = () => ({ revision: 'r0', uid: 'u0', spec: specOf({ pools: {} }) });
  it('the newest, if it is valid', () => {
    expect(see({ accepted: accepted() })).toMatchObject({ revision: 'r1', uid: 'u1', modifiedAt: NOW - minutes(60) });
  });
  it('else the last valid one, written at a time that nobody knows', () => {
    expect(see({ document: { state: 'absent' }, accepted: accepted() })).toMatchObject({
      revision: 'r0',
      uid: 'u0',
      modifiedAt: 0,
    });
  });
  it('else none', () => expect(situationOf(observation({ document: { state: 'absent' } }))).toBe(null));
});

describe('whose cluster it is: the first that tells a uid of', () => {
  const uidOf = (uid: string | null, status: Status | null, tombstone?: string) => {
    const { document } = observation({ spec: { ...spec, ...(tombstone && { delete: { uid: tombstone } }) } });
    return see({ document: document.state === 'valid' ? { ...document, uid } : document, status }).uid;
  };
  const status = (uid: string | null): Status => ({ ...passOf({ spec }).status, uid: uid as string });
  const rows: [string, () => string, string][] = [
    ['the document', () => uidOf('u1', status('u2'), 'u3'), 'u1'],
    ['the status', () => uidOf(null, status('u2'), 'u3'), 'u2'],
    ['the tombstone', () => uidOf(null, null, 'u3'), 'u3'],
    ['a status without any says nothing', () => uidOf(null, status(null), 'u3'), 'u3'],
    ['its name', () => uidOf(null, null), 'main'],
  ];
  it.each(rows)('%s', (_what, uid, expected) => expect(uid()).toBe(expected));

  it('what an earlier cluster’s status says of a stack is no word that it is this one’s', () => {
    const { o, status } = passOf({ spec: want(1) });
    const told = { ...o, status };
    expect(recordOf(told, 'u1', POOL)).toBe(status.stacks[POOL]);
    expect(recordOf(told, 'u2', POOL)).toEqual({ ...status.stacks[POOL], hash: null });
    expect(recordOf(told, 'u2', 'bbf--main--pool--none')).toBe(undefined);
    expect(recordOf({ ...o, status: null }, 'u1', POOL)).toBe(undefined);
  });

  it('a status of another cluster tells nothing of this one', () => {
    expect(see({ status: status('u1') }).previous).not.toBe(null);
    expect(see({ status: status('u2') }).previous).toBe(null);
  });
});

describe('a lease lives until five seconds after its end, for clocks differ', () => {
  it.each([
    ['a millisecond before', 5_000 - 1, 1],
    ['then it has ended', 5_000, 0],
  ])('%s', (_rule, after, live) => {
    const o = observation({ spec, leases: [1] });
    const value = o.leases.known ? o.leases.value.map((lease) => ({ ...lease, expiresAt: NOW - after })) : [];
    expect(situationOf({ ...o, leases: { known: true, value } })?.leases).toHaveLength(live);
  });

  it('nobody knows leases that can not be read', () => expect(see({ leases: null }).leases).toBe(null));
});

describe('which pools and stacks are of the cluster', () => {
  const listed = (...inventory: string[]) => observation({ spec, inventory });
  it('pools of the spec come first, then those of the status and of stacks that were found', () => {
    const o = observation({
      spec,
      inventory: ['bbf--main--server', 'bbf--main--pool--found', 'bbf--main--pool--default'],
    });
    const pools = passOf({ spec: { pools: { known: {} } } }).status.pools;
    expect(poolNames({ ...o, status: { ...passOf({ spec }).status, pools } }, specOf(spec))).toEqual([
      'default',
      'known',
      'found',
    ]);
  });
  it('stacks of other clusters and of nobody are not its own', () => {
    const others = ['bbf--main2--server', 'bbf2--main--server', 'something'];
    expect(ownStacks(listed('bbf--main--server', ...others))).toEqual(['bbf--main--server']);
  });
  it('without a list none is known', () => {
    expect(ownStacks(observation({ spec }))).toEqual([]);
    expect(ownStacks({ ...observation({ spec }), inventory: { known: false, error: 'Throttling' } })).toEqual([]);
  });
});

describe('what is known of a service', () => {
  const counts = { desired: 0, running: 0, pending: 0 };
  const none = { exists: false, ...counts, rollout: null, rolloutReason: null, deployedAt: null, troubles: [] };
  const facts = (services: Facts['services']) => see({ services }).pools.default;
  it.each([
    [
      'one that runs',
      () => servicesOf({ default: serviceOf(2, 1, { pending: 1 }) }),
      { exists: true, ...serviceOf(2, 1, { pending: 1 }) },
    ],
    [
      'one that is no more, whatever it still shows',
      () => servicesOf({ default: serviceOf(2, 1, { state: 'INACTIVE' }) }),
      { ...none, state: 'INACTIVE' },
    ],
    ['one that ECS does not know', () => servicesOf({ default: { state: 'absent' } }), { ...none, state: 'absent' }],
    ['one that nobody asked for', () => servicesOf({}), { ...none, state: 'absent' }],
    ['one that can not be read', () => ({ known: false as const, error: 'Throttling' }), { ...none, state: 'absent' }],
  ])('%s', (_what, services, expected) => expect(facts(services())).toEqual(expected));
});

describe('whose report it is', () => {
  const TOLD = NOW - minutes(1);
  const state = (startedAt: number, age: number, told = TOLD) => {
    const { status } = passOf({ spec, server: [1, 1] });
    const server = { taskId: 't', endpoint: 'e', startedAt: iso(startedAt) };
    const before = { ...status, server: { ...status.server, since: iso(told) } };
    return see({ server: [1, 1], activity: { server }, activityAge: age, status: before }).activity;
  };
  const why = 'the last report is of an earlier server';
  const EARLIER = { state: 'unknown', reason: 'NotReported', why, served: false };
  it('of a server that began five seconds before it was told to, it may be this one’s', () => {
    expect(state(TOLD - 5 * SECOND, 0).state).toBe('known');
    expect(state(TOLD - 5 * SECOND - 1, 0)).toEqual(EARLIER);
  });
  it('from 150 s after that on no earlier server can be the author', () => {
    const told = NOW - 150 * SECOND;
    expect(state(NOW - minutes(60), 0, told).state).toBe('known');
    expect(state(NOW - minutes(60), 1, told)).toEqual(EARLIER);
  });
});

describe('a report that is gone', () => {
  const working: Facts = { spec, server: [1, 1], pool: [1, 1], activity: { running: 1, workers: [worker('a')] } };
  const removed: Facts = { ...working, activity: undefined };
  const removedAt = (...seconds: number[]): Facts =>
    seconds.reduce<Facts>(
      (before, at) => ({ ...removed, status: passOf(before).status, now: NOW + at * SECOND }),
      working,
    );
  const state = (facts: Facts) => [see(facts).activity.state, serverIdle(see(facts))];

  it('was taken away: the farm that wrote it counts as busy until it reports again', () => {
    expect(state(removedAt(10))).toEqual(['unknown', false]);
    expect(state(removedAt(10, 40, 100))).toEqual(['unknown', false]);
  });
  it('but not for longer than a farm that is silent counts as one that was heard of', () => {
    expect(state(removedAt(10, 40, 100, 101))).toEqual(['unknown', true]);
  });
  it('is told as removed for so long, then as missing', () => {
    const reason = (...seconds: number[]) => {
      const { activity } = see(removedAt(...seconds));
      return activity.state === 'unknown' ? activity.reason : activity.state;
    };
    expect([reason(10), reason(10, 40, 100), reason(10, 40, 100, 101)]).toEqual([
      'ReportRemoved',
      'ReportRemoved',
      'NotReported',
    ]);
  });
  it('of a server that never reported was never there', () => {
    expect(state({ ...removed, status: passOf({ ...removed, now: NOW - minutes(1) }).status })).toEqual([
      'unknown',
      true,
    ]);
  });
});

describe('when the server was last told to run', () => {
  const before = (): Status => {
    const { status } = passOf({ spec, server: [0, 0], now: NOW - minutes(3) });
    return { ...status, server: { ...status.server, desired: 0, since: iso(NOW - minutes(50)) } };
  };
  const since = (desired: number, told: number, facts: Facts = {}) => {
    const status = before();
    const o = observation({ spec, ...facts, status: { ...status, server: { ...status.server, desired: told } } });
    return serverSince(o, { desired, running: 0, pending: 0 });
  };
  const THEN = iso(NOW - minutes(50));
  it.each([
    ['it is as the status says', () => since(1, 1), THEN],
    ['also of one that is off', () => since(0, 0), THEN],
    ['it was at the last look or later, if it was off then', () => since(1, 0), iso(NOW - minutes(3))],
    [
      'ECS that can not be read says nothing new',
      () => since(1, 0, { services: { known: false, error: 'Throttling' } }),
      THEN,
    ],
  ])('%s', (_rule, at, expected) => expect(at()).toBe(expected));

  it('nobody knows without a status', () => {
    expect(serverSince(observation({ spec }), { desired: 1, running: 1, pending: 0 })).toBe(null);
  });
});

describe('no build can be using the server', () => {
  const rows: [string, Facts, boolean][] = [
    ['that does not run', { server: [1, 0], leases: [1] }, true],
    ['not so when it has just reported: ECS shows how it was before', { server: [1, 0], activity: {} }, false],
    ['that was silent before it went', { server: [1, 0], activity: {}, activityAge: 90 * SECOND + 1 }, true],
    ['that nobody asked for', { server: [0, 0], leases: [1] }, true],
    ['that runs nothing for nobody', { server: [1, 1], activity: {} }, true],
    ['not so with one action that waits and none that runs', { server: [1, 1], activity: { queued: 1 } }, false],
    ['nor with as many that run', { server: [1, 1], activity: { queued: 1, running: 1 } }, false],
    ['that has never been heard of', { server: [1, 1], leases: [1] }, true],
    ['not so of one that is being stopped and may serve', { server: [0, 1], activity: {} }, false],
  ];
  it.each(rows)('%s', (_what, facts, idle) => expect(serverIdle(see(facts))).toBe(idle));
});

describe('tasks that are no workers', () => {
  const started = (ago: number) => ({ taskId: 't', endpoint: 'e', startedAt: iso(NOW - ago) });
  const rows: [string, Facts, number, boolean][] = [
    ['all, when the farm knows none', { pool: [2, 2], activity: { server: started(minutes(5)) } }, 2, true],
    ['one of two', { pool: [2, 2], activity: { server: started(minutes(5)), workers: [worker('a')] } }, 1, false],
    [
      'none beyond what is known',
      { pool: [1, 1], activity: { server: started(minutes(5)), workers: [worker('a'), worker('b')] } },
      0,
      false,
    ],
    [
      'in a server’s first minute nobody can tell',
      { pool: [2, 2], activity: { server: started(minutes(1) - 1) } },
      0,
      false,
    ],
    ['then it can', { pool: [2, 2], activity: { server: started(minutes(1)) } }, 2, true],
    ['nor of a farm that is silent', { pool: [2, 2] }, 0, false],
    ['tasks that stop may be workers yet', { pool: [0, 2], activity: { server: started(minutes(5)) } }, 0, false],
    ['none of a pool where none runs', { pool: [0, 0], activity: { server: started(minutes(5)) } }, 0, true],
    [
      'one that the farm knows is a worker, whatever ECS shows',
      { pool: [1, 0], activity: { server: started(minutes(5)), workers: [worker('a')] } },
      0,
      false,
    ],
    ['without the farm’s word ECS is believed', { pool: [1, 0] }, 0, true],
    [
      'unless it shows no server where one has just reported',
      { server: [1, 0], pool: [1, 0], activity: { server: started(minutes(5)) } },
      0,
      false,
    ],
  ];
  it.each(rows)('%s', (_rule, facts, n, none) => {
    const s = see({ server: [1, 1], ...facts });
    expect([unregistered(s, 'default'), workless(s, 'default')]).toEqual([n, none]);
  });

  it('nobody can tell within a minute of a server’s first report, however long it had been starting', () => {
    const facts: Facts = { spec, server: [1, 1], pool: [2, 2], activity: { server: started(90 * SECOND) } };
    const silent = passOf({ ...facts, activity: undefined }).status;
    const none = (before: Status) => workless(see({ ...facts, status: before }), 'default');
    expect([none(silent), none(heard(silent, minutes(1) - 1)), none(heard(silent, minutes(1)))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('none of services that can not be read, nor of a pool that is none', () => {
    expect(workless(see({ services: { known: false, error: 'Throttling' } }), 'default')).toBe(false);
    expect(workless(see({}), 'stranger')).toBe(false);
  });
});
