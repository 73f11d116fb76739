import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodHash,
  minutes,
  NOW,
  observation,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  want,
  worker,
} from './observation.fixture.ts';
import { poolsToRoll, stacksToRead, stackWishes } from './shapes.ts';
import { type Situation, situationOf } from './situation.ts';

const converged: Facts = { spec: want(1), server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };

describe('which stacks a pass must read', () => {
  type Stack = Status['stacks'][string];
  const read = (facts: Facts, pool: Partial<Stack> = {}) => {
    const { status } = passOf({ ...converged, now: NOW - minutes(4) });
    const known = { ...status.stacks, [POOL]: { ...status.stacks[POOL], ...pool } as Stack };
    return stacksToRead(observation({ ...converged, status: { ...status, stacks: known }, ...facts }), minutes(5));
  };
  const deployed = (deployedAt: number): Facts => ({
    services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1, { deployedAt }) }),
  });
  const failed = { create: { goal: 'g', revision: 'r1', count: 1, at: '', cause: null } };
  const rows: [string, Facts, Partial<Stack>, string[]][] = [
    ['none that was read lately and is as it shall be', {}, {}, []],
    ['those that were read long ago', { now: NOW + minutes(1) }, {}, [SERVER, POOL]],
    ['to the millisecond', { now: NOW + minutes(1) - 1 }, {}, []],
    ['all, when nothing is known', { status: null }, {}, [SERVER, POOL]],
    ['one in the middle of something', {}, { status: 'UPDATE_IN_PROGRESS' }, [POOL]],
    ['one that failed', {}, { status: 'CREATE_FAILED' }, [POOL]],
    ['one of another shape', {}, { hash: 'older' }, [POOL]],
    ['one that was tried and did not settle', {}, { attempts: failed }, [POOL]],
    ['one that was never tried', {}, { attempts: undefined }, []],
    ['one whose service was deployed anew since, whoever did it', deployed(NOW - minutes(4) - 4_999), {}, [POOL]],
    ['none whose service was deployed before, by any clock', deployed(NOW - minutes(4) - 5_000), {}, []],
    ['one whose service is gone', { pool: undefined }, {}, [POOL]],
    ['the server’s too', { server: undefined }, {}, [SERVER]],
    [
      'all whose services can not be read',
      { services: { known: false, error: 'ThrottlingException' } },
      {},
      [SERVER, POOL],
    ],
    ['those of a cluster that is deleted', { spec: want(1, { delete: { uid: 'u1' } }) }, {}, [SERVER, POOL]],
    ['not for the tombstone of another cluster', { spec: want(1, { delete: { uid: 'u0' } }) }, {}, []],
    ['none without a document', { document: { state: 'absent' } }, {}, []],
    ['one that was another cluster’s, and whose pool is not wanted', { spec: { pools: {} } }, { hash: null }, [POOL]],
    ['one whose pool is not wanted', { spec: { pools: {} } }, {}, [POOL]],
  ];
  it.each(rows)('%s', (_rule, facts, pool, expected) => expect(read(facts, pool)).toEqual(expected));
});

describe('the stacks that a cluster should have', () => {
  const wishes = (facts: Facts, removed = false) => {
    const o = observation({ ...converged, ...facts });
    return stackWishes(o, situationOf(o) as Situation, removed);
  };

  it('one of the server, one of each pool', () => {
    const { server, pools } = wishes({});
    expect([server.stack, server.shape?.hash]).toEqual([SERVER, goodHash(want(1), SERVER)]);
    expect([pools.default?.stack, pools.default?.shape?.hash]).toEqual([POOL, goodHash(want(1), POOL)]);
  });

  it('none of a pool that is not in the spec, nor of a cluster that is removed', () => {
    const old = wishes({ spec: { pools: {} }, inventory: [POOL] });
    expect([old.server.shape === null, old.pools.default?.shape]).toEqual([false, null]);
    const gone = wishes({}, true);
    expect([gone.server.shape, gone.pools.default?.shape]).toEqual([null, null]);
  });

  it('a stack that makes its service carries a first count; once the service is there it does not', () => {
    const counts = (facts: Facts) => {
      const { server, pools } = wishes(facts);
      return [server, pools.default].map((wish) => wish?.shape?.parameters.InitialCount);
    };
    expect(counts({ server: undefined, pool: undefined })).toEqual(['0', '0']);
    expect(counts({})).toEqual(['', '']);
  });

  // rule, facts, may the server’s stack be touched, may the pool’s
  const quiet: [string, Facts, boolean, boolean][] = [
    ['workers that idle still may be given work', {}, true, false],
    ['a pool without tasks', { pool: [0, 0], activity: {} }, true, true],
    ['a pool whose tasks do not come up', { pool: [2, 0], activity: {} }, true, true],
    ['a pool whose tasks the farm does not know', { pool: [2, 2], activity: {} }, true, true],
    ['a lease holds the server', { leases: [1] }, false, false],
    ['so do leases that can not be read', { leases: null }, false, false],
    ['and actions', { activity: { running: 1, workers: [worker('a')] } }, false, false],
    ['and actions that wait', { activity: { queued: 1, workers: [worker('a')] } }, false, false],
    [
      'a server that does not run is used by nobody, whoever holds a lease',
      { server: [1, 0], leases: [1], activityAge: minutes(2) },
      true,
      false,
    ],
    [
      'but one that has just reported runs, whatever ECS shows, and so may the pool',
      { server: [1, 0], pool: [1, 0], leases: [1] },
      false,
      false,
    ],
    ['a worker that the farm knows is one, whatever ECS shows', { pool: [1, 0], leases: [1] }, false, false],
    ['nor one that was never heard of', { activity: undefined, leases: [1] }, true, false],
    ['one that fell silent may be', { activityAge: minutes(2) }, false, false],
    ['ECS can not be read', { services: { known: false, error: 'ThrottlingException' } }, false, false],
  ];
  it.each(quiet)('%s', (_rule, facts, server, pool) => {
    const { server: ofServer, pools } = wishes(facts);
    expect([ofServer.quiet, pools.default?.quiet]).toEqual([server, pool]);
  });

  it.each([
    ['told to run', serviceOf(1, 0)],
    ['running', serviceOf(0, 1)],
    ['coming up', serviceOf(0, 0, { pending: 1 })],
  ])('nothing is removed while a task is %s', (_what, service) => {
    const none = serviceOf(0, 0);
    const at = (server: typeof none, pool: typeof none) =>
      wishes({ services: servicesOf({ server, default: pool }) }, true);
    expect([at(none, service).pools.default?.quiet, at(none, service).server.quiet]).toEqual([false, false]);
    expect(at(service, none).server.quiet).toBe(false);
    expect([at(none, none).pools.default?.quiet, at(none, none).server.quiet]).toEqual([true, true]);
  });

  it('a pool that is removed is not quiet because its tasks are useless: they must be gone', () => {
    expect(wishes({ pool: [2, 0] }, true).pools.default?.quiet).toBe(false);
  });
});

describe('which pool’s workers drain for a new shape', () => {
  const rolled = (facts: Facts, outdated: string[]) => {
    const spec = { pools: { a: { workers: 1 }, b: { workers: 1 } } };
    const services = servicesOf({ server: serviceOf(1, 1), a: serviceOf(1, 1), b: serviceOf(1, 1) });
    const workers = [worker('x', { pool: 'a' }), worker('y', { pool: 'b' })];
    const o = observation({ spec, services, activity: { workers }, ...facts });
    const s = situationOf(o) as Situation;
    return [...poolsToRoll(s, stackWishes(o, s, false), (pool) => outdated.includes(pool))];
  };
  it.each([
    ['none while all are as they shall be', {}, [], []],
    ['the one that waits for its update', {}, ['b'], ['b']],
    ['one at a time', {}, ['a', 'b'], ['a']],
    ['none while somebody holds a lease', { leases: [1] }, ['a'], []],
    ['nor while nobody knows the leases', { leases: null }, ['a'], []],
    ['nor while an action runs', { activity: { running: 1 } }, ['a'], []],
  ] as [string, Facts, string[], string[]][])('%s', (_rule, facts, outdated, expected) => {
    expect(rolled(facts, outdated)).toEqual(expected);
  });

  it('none without a task to drain', () => {
    const services = servicesOf({ server: serviceOf(1, 1), a: serviceOf(1, 0), b: serviceOf(1, 1) });
    const workers = [worker('y', { pool: 'b' })];
    expect(rolled({ services, activity: { workers } }, ['a'])).toEqual([]);
  });
});
