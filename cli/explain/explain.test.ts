import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Activity, Status } from '../../config-schema/documents.ts';
import { parseStatus } from '../../config-schema/parse.ts';
import { decide } from '../../reconciler/core/decide.ts';
import {
  type Facts,
  goodStacks,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  passOf,
  SERVER,
  specOf,
  stack,
  worker,
} from '../../reconciler/core/observation.fixture.ts';
import type { ActionResult } from '../../reconciler/core/plan.ts';
import { report } from '../../reconciler/core/report.ts';
import { type Explanation, explain, type Question } from './explain.ts';
import { explanationText } from './explanation-text.ts';

const colors = picocolors.createColors(false);
const textOf = (explanation: Explanation) => explanationText(explanation, 200, colors).replaceAll('\n', ' ');

function ask(status: Status | null, more: Partial<Question> = {}): Explanation {
  const document = { revision: 'r1', modifiedAt: NOW - minutes(60), deletes: false };
  return explain({
    now: NOW + 1_000,
    installation: 'bbf',
    cluster: 'main',
    status,
    earlier: [],
    document,
    activity: null,
    leases: [],
    ...more,
  });
}

/** What the status of a pass over these facts explains. */
const of = (facts: Facts, more: Partial<Question> = {}) => ask(passOf(facts).status, more);
const wishes = (explanation: Explanation) => explanation.findings.map(({ wish, reason }) => `${wish}: ${reason}`);

const want = (workers: number, more: object = {}) => ({ pools: { default: { workers, ...more } } });
const service = (desired: number, running: number, more: object = {}) => ({
  state: 'ACTIVE',
  desired,
  running,
  pending: desired - running,
  rollout: 'COMPLETED',
  rolloutReason: null,
  troubles: [],
  ...more,
});
const services = (pool: object, server: object = service(1, 1)): Facts['services'] => ({
  known: true,
  value: { [SERVER]: server as never, [POOL]: pool as never },
});
const noCapacity = `(service ${POOL}) was unable to place a task. Reason: Capacity is unavailable at this time.`;
const busy = { running: 2, idleSince: null, pools: { default: { queued: 0, running: 2 } } };

/** The status of a pass that follows one over `first` half an hour later. */
function later(first: Facts, then: Facts, gap = 30): Status {
  const status = passOf({ ...first, now: NOW - minutes(gap) }).status;
  return passOf({ ...then, status }).status;
}

const asleepStatus = () =>
  later(
    { spec: want(2), server: [1, 1], pool: [0, 0], activity: {} },
    { spec: want(2), server: [1, 1], pool: [0, 0], activity: { idleSince: new Date(NOW - minutes(90)).toISOString() } },
  );

const refused = (kind: 'stalled' | 'waiting', facts: Facts): Status => {
  const o = observation(facts);
  const plan = decide(o);
  const results = plan.actions.map(
    (action): ActionResult => ({ action, outcome: 'failed', kind, error: 'AccessDenied: no right' }),
  );
  return report(o, plan, results);
};

const table: [situation: string, explanation: () => Explanation, state: string, wishes: string[], text: RegExp][] = [
  [
    'all is as wanted',
    () => of({ spec: want(2), server: [1, 1], pool: [2, 2], activity: { workers: [worker('w1'), worker('w2')] } }),
    'ready',
    [],
    /^main is ready\. The server serves at 127.0.0.9:8980\. Pool default has 2 of 2 workers \(spec\.workers\)\./i,
  ],
  ['asleep', () => ask(asleepStatus()), 'asleep', [], /asleep.*a lease \(bbf build\) or an edit wakes it/],
  [
    'waking',
    () => of({ spec: want(0), leases: [2], server: [0, 0], pool: [0, 0] }),
    'converging',
    ['server: Starting', 'pool default: ServerFirst'],
    /Pool default has 0 of 2 wanted workers \(lease of user0@host\).*user0@host holds a lease on 2 workers of pool default for test/i,
  ],
  [
    'no capacity',
    () =>
      of({
        spec: want(3),
        activity: { workers: [worker('w1')] },
        services: services(service(3, 1, { troubles: [noCapacity] })),
      }),
    'converging',
    ['pool default: TaskTrouble'],
    /has 1 of 3 wanted workers.*runs 1 and starts 2; ECS says: .*Capacity is unavailable.*try: .*the pool’s capacity to on-demand/i,
  ],
  [
    'workers start',
    () => of({ spec: want(3), server: [1, 1], pool: [3, 1], activity: { workers: [worker('w1')] } }),
    'converging',
    ['pool default: Starting'],
    /the others are starting/i,
  ],
  [
    'the server’s task has trouble',
    () =>
      of({
        spec: want(1),
        services: services(service(1, 0), service(1, 0, { troubles: ['CannotPullContainerError: no such image'] })),
      }),
    'converging',
    ['server: TaskTrouble', 'pool default: ServerFirst'],
    /No server serves \(told to run 1, runs 0, starts 1\): CannotPullContainerError/i,
  ],
  [
    'it drains behind a busy worker',
    () =>
      ask(
        later(
          {
            spec: want(0),
            server: [1, 1],
            pool: [1, 1],
            activity: { ...busy, workers: [worker('w1', { running: 2 })] },
          },
          {
            spec: want(0),
            server: [1, 1],
            pool: [1, 1],
            activity: { ...busy, queued: 0, pools: {}, workers: [worker('w1', { running: 2 })] },
          },
        ),
        { activity: { workers: [worker('w1', { running: 2 })] } as unknown as Activity },
      ),
    'ready',
    ['pool default: Draining'],
    /worker w1 still runs 2 actions; it stops once it is empty/i,
  ],
  [
    'it has more than it wants, and waits',
    () => of({ spec: want(1), server: [1, 1], pool: [2, 2], activity: { workers: [worker('w1'), worker('w2')] } }),
    'ready',
    ['pool default: ScaleInWaits'],
    /has 2 workers and wants 1 .*Next, in .*drains workers that nothing wants/i,
  ],
  [
    'unknown activity keeps workers',
    () => of({ spec: want(0), server: [1, 1], pool: [2, 2], activity: {}, activityAge: 200_000 }),
    'converging',
    ['server: NotReported', 'pool default: UnknownIsBusy'],
    /it does not shrink: the farm last reported 200 s ago/i,
  ],
  [
    'a stack is stalled',
    () =>
      of({
        spec: want(1),
        server: [1, 1],
        stacks: { ...goodStacks(specOf(want(1))), [POOL]: stack('IMPORT_ROLLBACK_FAILED') },
        activity: {},
      }),
    'stalled',
    ['pool default: StackStuck'],
    /stack bbf--main--pool--default is IMPORT_ROLLBACK_FAILED/i,
  ],
  [
    'a stack of another cluster is in the way',
    () => of({ spec: want(1), stacks: { [SERVER]: stack('CREATE_COMPLETE', { uid: 'u9' }), [POOL]: noStack } }),
    'stalled',
    ['server: ForeignStack', 'pool default: StackAbsent'],
    /belongs to another cluster/i,
  ],
  [
    'stacks are being made',
    () => of({ spec: want(2), stacks: { [SERVER]: noStack, [POOL]: noStack } }),
    'converging',
    ['server: StackAbsent', 'pool default: StackAbsent'],
    /stack bbf--main--server is being created \(StackAbsent/i,
  ],
  [
    'tasks of the new shape fail to start',
    () =>
      of({
        spec: want(2),
        activity: {},
        services: services(service(2, 0, { rollout: 'FAILED', rolloutReason: 'tasks failed to start' })),
      }),
    'stalled',
    ['pool default: RolloutFailed'],
    /try: read aws logs tail \/bbf\/bbf\/farm/i,
  ],
  [
    'the budget is reached',
    () =>
      of({
        spec: { ...want(20), budget: { usdPerHour: 0.2 } },
        server: [1, 1],
        pool: [2, 2],
        activity: { workers: [worker('w1'), worker('w2')] },
      }),
    'ready',
    ['pool default: BudgetReached'],
    /wants 20 workers, the budget allows 2.*try: raise spec\.budget of main/i,
  ],
  [
    'workersMax is reached',
    () =>
      of({
        spec: want(1, { workersMax: 2 }),
        leases: [5],
        server: [1, 1],
        pool: [2, 2],
        activity: { workers: [worker('w1'), worker('w2')] },
      }),
    'ready',
    ['pool default: WorkersMaxReached'],
    /2 workers that workersMax allows; lease of user0@host asks 5 \(.*try: bbf want --cluster=main --pool=default --max=M/i,
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
        { document: { revision: 'r2', modifiedAt: NOW, deletes: false } },
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
    /try: put the document back, or bbf delete main/i,
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
        { document: { revision: 'r1', modifiedAt: NOW, deletes: true } },
      ),
    'deleting',
    ['deletion: LeaseHolds'],
    /its deletion waits for 1 lease: user0@host \(test\)/i,
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
        { document: { revision: 'r7', modifiedAt: NOW, deletes: false } },
      ),
    'converging',
    ['reconciler: RevisionNotSeen'],
    /revision r7, written 1s ago, has not been looked at yet; this is of revision r1/i,
  ],
  [
    'a newer lease has not been looked at',
    () => of({ spec: want(0), server: [0, 0], pool: [0, 0] }, { leases: [{ id: 'b-1', modifiedAt: NOW + 500 }] }),
    'ready',
    ['reconciler: LeaseNotSeen'],
    /Lease b-1, taken 0s ago/i,
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
    /nothing has moved for \d+ min/i,
  ],
];

describe('explains', () => {
  it.each(table)('%s', (_situation, explanation, state, expected, text) => {
    const got = explanation();
    expect({ state: got.state, wishes: wishes(got) }).toEqual({ state, wishes: expected });
    expect(textOf(got)).toMatch(text);
  });

  it('gives each finding a meaning, and JSON that says which version it is of', () => {
    for (const [, explanation] of table) {
      const got = JSON.parse(JSON.stringify(explanation())) as Explanation;
      expect(got).toMatchObject({ apiVersion: 'bbf/v1', kind: 'Explanation', cluster: 'main', pool: null });
      for (const { meaning, text } of got.findings)
        expect([meaning, text]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
      expect(new Set(got.findings.map(({ wish }) => wish)).size).toBe(got.findings.length);
    }
  });
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
