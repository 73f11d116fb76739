import { describe, expect, it } from 'vitest';
import { parseCluster, parseStatus } from '../../config-schema/parse.ts';
import { type Facts, minutes, NOW, passOf, specOf, worker } from '../../reconciler/core/observation.fixture.ts';
import { ask, asleepStatus, check, of, type Row, refused, textOf, want, wishes } from './question.fixture.ts';

const table: Row[] = [
  [
    'asleep',
    () => ask(passOf({ spec: want(2), server: [0, 0], pool: [0, 0], status: asleepStatus() }).status),
    'asleep',
    [],
    /asleep for .*, nothing runs and nothing costs; a lease \(bbf build\) or an edit wakes it/,
  ],
  [
    'on its way to sleep',
    () => ask(asleepStatus()),
    'asleep',
    ['cluster: GoingToSleep'],
    /asleep.*a lease \(bbf build\) or an edit wakes it/,
  ],
  [
    'the document is invalid, and the last valid one is in force',
    () =>
      of(
        {
          document: {
            state: 'invalid',
            revision: 'r2',
            modifiedAt: NOW,
            problems: [
              { pointer: '/spec/pools', message: 'must be an object', expected: 'an object', fix: 'write {}' },
            ],
          },
          accepted: { revision: 'r1', uid: 'u1', spec: specOf(want(0)) },
          server: [1, 1],
          pool: [0, 0],
          activity: {},
        },
        { document: { revision: 'r2', modifiedAt: NOW, tombstone: null } },
      ),
    'invalid',
    ['document: Invalid'],
    /revision r1 stays in force: \/spec\/pools: must be an object \(write \{\}\)/i,
  ],
  [
    'the document was invalid from the start',
    () =>
      of({
        document: {
          state: 'invalid',
          revision: 'r1',
          modifiedAt: NOW,
          problems: [{ pointer: '', message: 'no JSON', expected: 'JSON', fix: 'write JSON' }],
        },
      }),
    'invalid',
    ['document: Invalid'],
    /main is held: its newest document is not in force\. The newest document is refused, no revision was ever valid/i,
  ],
  [
    'the document is invalid, and the one that was in force is refused by this bbf',
    () => {
      const { status } = passOf({ revision: 'r5', spec: want(0), server: [0, 0], pool: [0, 0] });
      const problems = [{ pointer: '', message: 'no JSON', expected: 'JSON', fix: 'write JSON' }];
      const document = { revision: 'r6', modifiedAt: NOW, tombstone: null };
      return of({ document: { state: 'invalid', ...document, problems }, status }, { document });
    },
    'invalid',
    ['document: Invalid'],
    /The newest document is refused, and no valid one is known, so nothing changes: \/: no JSON \(write JSON\) \(Invalid/i,
  ],
  [
    'the document is of a newer bbf',
    () => {
      const parsed = parseCluster('{"apiVersion":"bbf/v2"}');
      const problems = parsed.ok ? [] : parsed.problems;
      return of({ document: { state: 'invalid', revision: 'r1', modifiedAt: NOW, problems } });
    },
    'invalid',
    ['document: Invalid'],
    /of a newer version of bbf \(upgrade bbf\).* try: npm install --global .\/bbf-NEW.tgz, then bbf setup $/,
  ],
  [
    'the document is missing',
    () =>
      of(
        {
          document: { state: 'absent' },
          accepted: { revision: 'r1', uid: 'u1', spec: specOf(want(0)) },
          server: [0, 0],
          pool: [0, 0],
        },
        { document: null },
      ),
    'invalid',
    ['document: DocumentMissing'],
    /try: bbf rollback --cluster=main puts it back, bbf delete main removes the cluster/i,
  ],
  [
    'suspended',
    () => of({ spec: { ...want(2), suspend: true }, server: [1, 1], pool: [0, 0], activity: {} }),
    'suspended',
    ['cluster: Suspended', 'pool default: Suspended'],
    /spec\.suspend is true: nothing is changed/i,
  ],
  [
    'a deletion waits for a lease',
    () =>
      of(
        {
          spec: { ...want(2), delete: { uid: 'u1' } },
          leases: [2],
          server: [1, 1],
          pool: [2, 2],
          activity: { workers: [worker('w1'), worker('w2')] },
        },
        { document: { revision: 'r1', modifiedAt: NOW, tombstone: 'u1' } },
      ),
    'deleting',
    ['deletion: LeaseHolds'],
    /its deletion waits for 1 lease: user0@host \(test\)/i,
  ],
  [
    'a deletion of a cluster without pools, whose document is not at hand',
    () => of({ spec: { pools: {}, delete: { uid: 'u1' } }, server: [1, 1] }, { document: null }),
    'deleting',
    ['deletion: ServerUnwanted', 'server: DrainsFirst'],
    /1 stack left: ECS is told to run 0 instead of 1 tasks/i,
  ],
  [
    'a tombstone of another cluster',
    () =>
      of(
        { spec: { ...want(0), delete: { uid: 'u9' } }, server: [0, 0], pool: [0, 0] },
        { document: { revision: 'r1', modifiedAt: NOW, tombstone: 'u9' } },
      ),
    'ready',
    ['deletion: ForeignTombstone'],
    /asks to delete uid u9, and this cluster has uid u1, so nothing is deleted.*try: bbf edit --cluster=main, to remove spec\.delete/,
  ],
  [
    'the reconciler is silent',
    () => of({ spec: want(0), server: [0, 0], pool: [0, 0] }, { now: NOW + minutes(40) }),
    'unknown',
    ['reconciler: ReconcilerSilent'],
    /last looked 40m 00s ago .*Next: nothing, as long as the reconciler does not look.*try: bbf doctor/i,
  ],
  [
    'a newer revision has not been looked at',
    () =>
      of(
        { spec: want(0), server: [0, 0], pool: [0, 0] },
        { document: { revision: 'r7', modifiedAt: NOW, tombstone: null } },
      ),
    'converging',
    ['reconciler: RevisionNotSeen'],
    /revision r7, written 1s ago, has not been looked at yet; this is of revision r1/i,
  ],
  [
    'a newer revision waits for a lock that nobody lets go of',
    () =>
      of(
        { spec: want(0), server: [0, 0], pool: [0, 0] },
        {
          document: { revision: 'r7', modifiedAt: NOW, tombstone: null },
          lock: { takenAt: NOW - 29_000, endsAt: NOW + 31_000 },
        },
      ),
    'converging',
    ['reconciler: RevisionNotSeen'],
    /a pass has held the lock for 30s, perhaps one that was killed.*Next, in 30s at the latest: the pass that holds the lock/,
  ],
  [
    'a newer lease has not been looked at',
    () => of({ spec: want(0), server: [0, 0], pool: [0, 0] }, { leases: [{ id: 'b-1', modifiedAt: NOW + 500 }] }),
    'ready',
    ['reconciler: LeaseNotSeen'],
    /Lease b-1, taken 0s ago/i,
  ],
  [
    'it is deleted, but for its document',
    () => ask(null, { document: { revision: 'r1', modifiedAt: NOW, tombstone: 'u1' } }),
    'deleted',
    ['document: DocumentLeft'],
    /^main is deleted\. Only its document, with the tombstone, is left \(DocumentLeft\)\. {3}try: bbf delete main/i,
  ],
  ['it has never been looked at', () => ask(null), 'unknown', ['reconciler: NotLookedAt'], /has not looked at it yet/],
  [
    'ECS can’t be read',
    () => of({ spec: want(1), services: { known: false, error: 'ThrottlingException' }, activity: {} }),
    'converging',
    ['server: ServicesUnreadable', 'pool default: ServerFirst'],
    /ECS could not be read/i,
  ],
  [
    'AWS refuses an action',
    () => ask(refused('stalled', { spec: want(2), server: [1, 1], pool: [0, 0], activity: {} })),
    'stalled',
    ['cluster: ActionFailed', 'pool default: ActionFailed'],
    /SetDesiredCount bbf--main--pool--default: AccessDenied: no right/i,
  ],
  [
    'nothing has moved for long',
    () => {
      const facts: Facts = { spec: want(3), server: [1, 1], pool: [3, 1], activity: { workers: [worker('w1')] } };
      const stuck = passOf({
        ...facts,
        now: NOW - minutes(30),
        status: passOf({ ...facts, now: NOW - minutes(40) }).status,
      }).status;
      return ask(passOf({ ...facts, status: stuck }).status);
    },
    'stalled',
    ['cluster: ProgressDeadlineExceeded', 'pool default: Starting'],
    /nothing has moved for 40m/i,
  ],
];

describe('explains of the cluster', () => {
  it.each(table)('%s', (...row) => check(row));
});

describe('since', () => {
  const facts: Facts = { spec: want(3), server: [1, 1], pool: [3, 1], activity: { workers: [worker('w1')] } };
  const at = (minutesAgo: number, more: Facts = facts) => passOf({ ...more, now: NOW - minutes(minutesAgo) }).status;

  it('goes back through the versions while they give the same reason', () => {
    const before = at(9, { ...facts, pool: [3, 3], activity: { workers: [worker('w1'), worker('w2'), worker('w3')] } });
    const got = ask(at(0), { earlier: [at(2), at(5), before, at(12)] });
    expect(got.findings[0]?.since).toBe(new Date(NOW - minutes(5)).toISOString());
    expect(textOf(got)).toContain(`(Starting, for 5m 01s)`);
  });

  it('is the present look where there is no history', () => {
    expect(ask(at(0)).findings[0]?.since).toBe(new Date(NOW).toISOString());
  });
});

describe('of one pool', () => {
  it('leaves the others out, but not what bears on all', () => {
    const spec = { pools: { default: { workers: 1 }, arm: { workers: 1 } } };
    const status = passOf({ spec, server: [1, 1], pool: [1, 1], activity: { workers: [worker('w1')] } }).status;
    expect(wishes(ask(status))).toEqual(['pool arm: ServiceMissing']);
    const got = ask(status, { pool: 'default' });
    expect(wishes(got)).toEqual([]);
    expect(got.facts).toEqual(['pool default has 1 of 1 worker (spec.workers)']);
    expect(wishes(ask(status, { pool: 'default', now: NOW + minutes(30) }))).toEqual(['reconciler: ReconcilerSilent']);
  });
});

it('a code of a newer bbf is told by its message', () => {
  const { status } = passOf({ spec: want(0), server: [0, 0], pool: [0, 0] });
  const conditions = status.conditions.map((one) =>
    one.type === 'Stalled'
      ? { ...one, status: 'True' as const, reason: 'MoonIsFull', message: 'wait for the sun' }
      : one,
  );
  expect(parseStatus(JSON.stringify({ ...status, conditions })).ok).toBe(true);
  const got = ask({ ...status, conditions });
  expect(wishes(got)).toEqual(['cluster: MoonIsFull']);
  expect(textOf(got)).toContain('Wait for the sun (MoonIsFull');
});
