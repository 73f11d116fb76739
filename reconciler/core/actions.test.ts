import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { poolStackName } from '../../templates/names.ts';
import { createdTag } from '../../templates/shape.ts';
import {
  but,
  type Facts,
  goodHash,
  goodStacks,
  minutes,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  want,
  worker,
} from './observation.fixture.ts';

/** What a pass does, without turning the fast schedule on. */
const done = (facts: Facts) => passOf(facts).lines.filter((text) => text !== 'fast schedule on');

const unreadable = { known: false, error: 'Throttling' } as const;

describe('which counts ECS is told', () => {
  const drained = ['a', 'b'].map((name) => worker(name, { draining: true, drained: true }));
  const shrinking = (): Facts => {
    const facts: Facts = {
      spec: want(0, { scaling: { queue: false } }),
      server: [1, 1],
      pool: [2, 2],
      activity: { workers: drained },
    };
    return { ...facts, status: passOf({ ...facts, now: NOW - minutes(1) }).status };
  };
  const rows: [string, () => Facts, string[]][] = [
    [
      'server and workers at once',
      () => ({ spec: want(2), server: [0, 0], pool: [0, 0] }),
      ['server 0→1', 'default 0→2'],
    ],
    [
      'none of a service that ends',
      () => ({
        spec: want(2),
        services: servicesOf({
          server: serviceOf(0, 0, { state: 'DRAINING' }),
          default: serviceOf(0, 0, { state: 'DRAINING' }),
        }),
      }),
      [],
    ],
    ['less once workers have drained', shrinking, ['default 2→0']],
    ['not while nobody knows the leases', () => ({ ...shrinking(), leases: null }), []],
    [
      'none while a document that may be newer can not be read',
      () => ({
        ...shrinking(),
        document: { state: 'unreadable', error: 'SlowDown' },
        accepted: { revision: 'r1', uid: 'u1', spec: specOf(want(0)) },
      }),
      [],
    ],
    ['none of a suspended cluster', () => ({ ...shrinking(), spec: want(0, { suspend: true }) }), []],
    [
      'the pool’s, when the server’s stack is another cluster’s',
      () => ({ ...but(want(2), { [SERVER]: stack('CREATE_COMPLETE', { uid: 'u0' }) }), server: [0, 0], pool: [0, 0] }),
      ['default 0→2'],
    ],
    [
      'none where a service stands without its stack: somebody kept it, for whatever',
      () => ({ ...but(want(2), { [POOL]: noStack }), server: [0, 0], pool: [1, 1] }),
      ['server 0→1'],
    ],
    [
      'the server’s, when the pool’s is',
      () => ({ ...but(want(2), { [POOL]: stack('CREATE_COMPLETE', { uid: 'u0' }) }), server: [0, 0], pool: [0, 0] }),
      ['server 0→1'],
    ],
    [
      'none of a stack that can not be read, and of which no earlier word says whose it is',
      () => ({ ...but(want(2), { [POOL]: unreadable }), server: [0, 0], pool: [0, 0] }),
      ['server 0→1'],
    ],
    [
      'nor where the earlier word is that it is not this cluster’s',
      () => {
        const seen = passOf({
          ...but(want(2), { [POOL]: stack('CREATE_COMPLETE', { uid: 'u0' }) }),
          now: NOW - minutes(1),
        });
        const facts = but(want(2), { [POOL]: unreadable });
        return { ...facts, server: [0, 0], pool: [0, 0], status: seen.status };
      },
      ['server 0→1'],
    ],
    [
      'less also of a stack that needs a person',
      () => ({
        ...shrinking(),
        ...but(want(0, { scaling: { queue: false } }), { [POOL]: stack('IMPORT_ROLLBACK_FAILED') }),
      }),
      ['default 2→0'],
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(done(facts())).toEqual(expected));

  it('what AWS refuses does not keep the others from their turn', () => {
    const old = poolStackName('bbf', 'main', 'old');
    const spec = want(0, { scaling: { queue: false } });
    const stacks = { ...goodStacks(specOf(spec)), [old]: stack('CREATE_COMPLETE') };
    const facts: Facts = { ...shrinking(), inventory: [SERVER, POOL, old], stacks };
    expect(done(facts)).toEqual(['DeleteStack old']);
    const tried = { type: 'DeleteStack', target: old, reason: 'StackUnwanted', evidence: {} };
    const next = (outcome: 'done' | 'failed', more: Partial<Facts> = {}, target = old) =>
      done({ ...facts, ...more, status: { ...(facts.status as Status), actions: [{ ...tried, target, outcome }] } });
    expect([next('done'), next('failed')]).toEqual([['DeleteStack old'], ['default 2→0']]);
    const older = poolStackName('bbf', 'main', 'older');
    const two = { inventory: [SERVER, POOL, old, older], stacks: { ...stacks, [older]: stack('CREATE_COMPLETE') } };
    expect([next('failed', two), next('failed', two, older)]).toEqual([['DeleteStack older'], ['default 2→0']]);
  });

  it('nor are workers of another cluster told to drain', () => {
    const shrinking = (uid: string) => {
      const facts: Facts = {
        ...but(want(0, { scaling: { queue: false } }), { [POOL]: stack('CREATE_COMPLETE', { uid }) }),
        server: [1, 1],
        pool: [2, 2],
        activity: { workers: [worker('a'), worker('b')] },
      };
      const before = passOf({ ...facts, now: NOW - minutes(30) }).status;
      return passOf({ ...facts, status: before }).status.pools.default?.draining;
    };
    expect(shrinking('u1')).toEqual(['a', 'b']);
    expect(shrinking('u0')).toEqual([]);
  });

  it('with the reason and the facts that led to it', () => {
    const { actions } = passOf({ spec: want(2), server: [0, 0], pool: [0, 0] }).plan;
    expect(actions).toEqual([
      { type: 'SetFastSchedule', enabled: true, reason: 'ClusterAwake', evidence: {} },
      {
        type: 'SetDesiredCount',
        service: SERVER,
        from: 0,
        to: 1,
        reason: 'ServerWanted',
        evidence: { because: 'workers are wanted', running: 0 },
      },
      {
        type: 'SetDesiredCount',
        service: POOL,
        from: 0,
        to: 2,
        reason: 'WorkersWanted',
        evidence: { wanted: 2, desired: 0, because: 'spec.workers' },
      },
    ]);
    expect(passOf(shrinking()).plan.actions).toMatchObject([
      { reason: 'WorkersDrained', evidence: { because: 'spec.workers' } },
    ]);
  });
});

describe('when a pool may grow', () => {
  const spec = want(2);
  const at = (status: string, hash?: string): Facts => ({
    ...but(spec, { [POOL]: stack(status, { hash: hash ?? goal() }) }),
    server: [1, 1],
    pool: [0, 0],
    activity: {},
  });
  const goal = () => goodHash(spec, POOL);
  const statusBefore = (status: string): Status => {
    const pass = passOf({ spec, server: [1, 1], pool: [0, 0], now: NOW - minutes(1) }).status;
    const known = { ...(pass.stacks[POOL] as Status['stacks'][string]), status };
    return { ...pass, stacks: { ...pass.stacks, [POOL]: known } };
  };
  const unread = (status: string): Facts => ({
    ...but(spec, { [POOL]: { known: false, error: 'Throttling' } }),
    server: [1, 1],
    pool: [0, 0],
    status: statusBefore(status),
  });
  const rows: [string, () => Facts, boolean][] = [
    ['while its stack is at rest', () => at('CREATE_COMPLETE'), true],
    ['while its stack cleans up', () => at('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), true],
    ['while its update goes on', () => at('UPDATE_IN_PROGRESS'), true],
    ['while an update is rolled back, which may wait for its tasks', () => at('UPDATE_ROLLBACK_IN_PROGRESS'), true],
    ['not while its stack is made', () => at('CREATE_IN_PROGRESS'), false],
    ['nor while it is deleted', () => at('DELETE_IN_PROGRESS'), false],
    ['nor while its creation is undone', () => at('ROLLBACK_IN_PROGRESS'), false],
    [
      'nor while its stack holds a count that a roll-back would bring back',
      () => at('UPDATE_ROLLBACK_COMPLETE', createdTag(goal())),
      false,
    ],
    ['nor before an update that is due', () => at('CREATE_COMPLETE', 'older'), false],
    ['a stack that can not be read is as it was', () => unread('CREATE_COMPLETE'), true],
    ['also if that was no good', () => unread('CREATE_IN_PROGRESS'), false],
    [
      'of a stack that was not read the last status tells',
      () => ({ ...unread('CREATE_IN_PROGRESS'), stacks: {} }),
      false,
    ],
  ];
  it.each(rows)('%s', (_rule, facts, grows) => expect(done(facts()).includes('default 0→2')).toBe(grows));

  it('a stack that is half updated is repaired first', () =>
    expect(done(at('UPDATE_FAILED'))).toEqual(['RollbackStack default']));
});

describe('workers make way for a new shape', () => {
  const spec = { pools: { default: { workers: 1, slots: 2 } } };
  const idle: Facts = { server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
  const because = (facts: Facts) => passOf({ ...idle, ...facts }).status.pools.default?.because;
  const ROLLS = 'its workers are replaced by a new shape';
  const rows: [string, () => Facts, string][] = [
    ['that waits for them', () => but(spec, { [POOL]: stack('CREATE_COMPLETE', { hash: 'older' }) }), ROLLS],
    ['of a stack that must be made anew', () => but(spec, { [POOL]: stack('ROLLBACK_COMPLETE') }), ROLLS],
    ['not for a stack that is as it shall be', () => ({ spec }), 'spec.workers'],
    ['nor for one whose turn it is not', () => but(spec, { [POOL]: stack('IMPORT_IN_PROGRESS') }), 'spec.workers'],
    [
      'nor while a build holds them',
      () => ({ ...but(spec, { [POOL]: stack('CREATE_COMPLETE', { hash: 'older' }) }), leases: [1] }),
      'spec.workers',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(because(facts())).toBe(expected));
});

it('of two pools the one that may shrink first is what comes next', () => {
  const services = servicesOf({ server: serviceOf(1, 1), a: serviceOf(2, 2), b: serviceOf(2, 2) });
  const facts: Facts = {
    spec: { pools: { a: { workers: 1 }, b: { workers: 1 } }, scaling: { queue: false } },
    services,
    activity: { running: 1 },
  };
  const { status } = passOf(facts);
  const since = (pool: string, ago: number) =>
    ({ ...status.pools[pool], lessSince: new Date(NOW - minutes(ago)).toISOString() }) as Status['pools'][string];
  const { next } = passOf({ ...facts, status: { ...status, pools: { a: since('a', 1), b: since('b', 2) } } }).status;
  expect(next).toEqual({ at: '2026-11-23T09:03:00.000Z', what: 'drains workers that nothing wants' });
});
