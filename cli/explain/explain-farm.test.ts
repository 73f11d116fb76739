import { describe, expect, it } from 'vitest';
import type { Activity } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodStacks,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  specOf,
  stack,
  worker,
} from '../../reconciler/core/observation.fixture.ts';
import {
  ask,
  busy,
  check,
  later,
  noCapacity,
  of,
  putOff,
  type Row,
  service,
  services,
  textOf,
  want,
  wishes,
} from './question.fixture.ts';

const table: Row[] = [
  [
    'all is as wanted',
    () => of({ spec: want(2), server: [1, 1], pool: [2, 2], activity: { workers: [worker('w1'), worker('w2')] } }),
    'ready',
    [],
    /^main is ready\. The server serves at 127.0.0.9:8980\. Pool default has 2 of 2 workers \(spec\.workers\)\./i,
  ],
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
    /has 1 of 3 wanted workers.*runs 1 and starts 2; ECS says: .*Capacity is unavailable.*try: .*the pool’s capacity to on-demand, which takes effect .* once the pool’s builds have ended/i,
  ],
  [
    'workers start',
    () => of({ spec: want(3), server: [1, 1], pool: [3, 1], activity: { workers: [worker('w1')] } }),
    'converging',
    ['pool default: Starting'],
    /the others are starting/i,
  ],
  [
    'an action for workers was put off',
    () =>
      ask(
        putOff(
          { spec: want(2), server: [1, 1], pool: [0, 0], activity: {} },
          'a lease was taken or renewed since it was read',
        ),
      ),
    'converging',
    ['pool default: PutOff'],
    /has 0 of 2 wanted workers .*; SetDesiredCount bbf--main--pool--default was put off: a lease was taken or renewed since it was read \(PutOff/i,
  ],
  [
    'a cluster is held before the stack of its pool stands',
    () => {
      const { status } = passOf({ spec: want(2), stacks: { [SERVER]: noStack, [POOL]: noStack } });
      const problems = [{ pointer: '', message: 'no JSON', expected: 'JSON', fix: 'write JSON' }];
      const document = { revision: 'r2', modifiedAt: NOW, tombstone: null };
      return of({ document: { state: 'invalid', ...document, problems }, status }, { document });
    },
    'invalid',
    ['document: Invalid', 'pool default: StackFirst'],
    /its stack is \w+, and workers come after it \(StackFirst/i,
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
            spec: want(1),
            revision: 'r0',
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
        { activity: { pools: {}, workers: [worker('w1', { running: 2 })] } as unknown as Activity },
      ),
    'ready',
    ['pool default: Draining'],
    /1 worker drains: w1 still runs 2 actions; each stops once it is empty/i,
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
    /it does not shrink: the farm has not reported for 3m/i,
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
    /try: read bbf logs --cluster=main/i,
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
    /pool default gets 2 of the 20 workers that are asked for: budget \(spec\.workers\); an hour may cost 0\.2 USD.*try: raise spec\.budget of main/i,
  ],
  [
    'a build keeps more than the budget allows',
    () =>
      of({
        spec: { ...want(5), budget: { usdPerHour: 0.2 } },
        leases: [3],
        server: [1, 1],
        pool: [3, 3],
        activity: { workers: [worker('w1'), worker('w2'), worker('w3')] },
      }),
    'ready',
    ['pool default: BudgetReached'],
    /gets 3 of the 5 workers that are asked for: budget, but kept by the lease of user0@host/i,
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
    /gets 2 of the 5 workers that are asked for: workersMax \(lease of user0@host asks 5\) \(.*try: bbf want --cluster=main --pool=default --max=M/i,
  ],
];

describe('what waits for ever', () => {
  const activity = { reportedAt: new Date(NOW).toISOString(), pools: { '': { queued: 2, running: 0 } }, workers: [] };
  const seen = { activity: activity as unknown as Activity };
  const ready: Facts = {
    spec: want(0),
    leases: [1],
    server: [1, 1],
    pool: [1, 1],
    activity: { workers: [worker('w')] },
  };

  it('is told with what it asks for', () => {
    const asks = { ...seen.activity, unmatched: [{ name: 'Arch', value: 'riscv' }] };
    expect(textOf(of(ready, { activity: asks }))).toContain(
      '2 queued actions; the oldest asks for Arch=riscv (NoPoolFits',
    );
  });

  it('is told with what to type', () => {
    const explanation = of(ready, seen);
    expect([explanation.state, wishes(explanation)]).toEqual(['ready', ['queue: NoPoolFits']]);
    expect(textOf(explanation)).toMatch(
      /no pool fits 2 queued actions \(NoPoolFits, .*try: bbf pools --cluster=main,/i,
    );
  });

  it.each<[string, Facts, string | undefined]>([
    ['of a farm that has gone', { ...ready, spec: want(0), server: [0, 0], activity: undefined }, undefined],
    ['of one pool that was asked for', ready, 'default'],
  ])('is not told %s', (_what, facts, pool) => {
    expect(wishes(of(facts, { ...seen, pool }))).not.toContain('queue: NoPoolFits');
  });
});

describe('explains of the farm', () => {
  it.each(table)('%s', (...row) => check(row));
});
