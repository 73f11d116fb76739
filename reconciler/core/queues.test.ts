import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodStacks,
  minutes,
  NOW,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  want,
  worker,
} from './observation.fixture.ts';

const ENDPOINT = '127.0.0.9:8980';
const engine = { storage: 'storage', backplane: 'redis', gateway: 'gateway', agent: 'agent' };
const old = { engine, pools: { default: { workers: 1 } } };
const added = { engine, pools: { default: { workers: 1 }, gpu: { architecture: 'arm64' } } };
const stacksOf = (spec: object) => goodStacks(specOf(spec));
const running: Facts = {
  services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1), gpu: serviceOf(1, 1) }),
  activity: { workers: [worker('a'), worker('g', { pool: 'gpu' })] },
};
const earlier = (): Status => passOf({ ...running, spec: old, stacks: stacksOf(old), now: NOW - minutes(1) }).status;

/** Pool gpu stands and has its worker, and the server is as it was without it. */
function waiting(claims: string[], status: Status) {
  const stacks = { ...stacksOf(added), [SERVER]: stacksOf(old)[SERVER]! };
  return passOf({ ...running, spec: added, stacks, leases: claims.map((pool) => ({ [pool]: 1 })), status });
}

describe('the queues of a server that has one for each pool', () => {
  it('are those of its stack as it stands, and not of the document', () => {
    expect(earlier().server.pools).toEqual(['default']);
    expect(waiting(['default'], earlier()).status.server.pools).toEqual(['default']);
    const updated = passOf({ ...running, spec: added, stacks: stacksOf(added), status: earlier() });
    expect(updated.status.server.pools).toEqual(['default', 'gpu']);
  });

  it('are none of an engine that takes actions of any pool', () => {
    expect(passOf({ ...running, spec: want(1) }).status.server).not.toHaveProperty('pools');
  });

  it('are kept under a build that uses one of them', () => {
    const { lines, status } = waiting(['default', 'gpu'], earlier());
    expect([lines, status.endpoint]).toEqual([[], ENDPOINT]);
  });

  it('are made anew under a build that waits for one that comes with the update', () => {
    const announcing = waiting(['gpu'], earlier());
    expect([announcing.lines, announcing.status.endpoint]).toEqual([[], null]);
    expect(waiting(['gpu'], announcing.status).lines).toEqual(['UpdateStack server']);
  });
});

describe('an edit that changes the engine', () => {
  const own = { pools: { default: { workers: 1 }, gpu: {} } };
  const buildfarm = { ...own, engine };
  const atZero: Facts = {
    services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1), gpu: serviceOf(0, 0) }),
    activity: { workers: [worker('a')] },
  };
  const ran = (spec: object) => passOf({ ...atZero, spec, stacks: stacksOf(spec), now: NOW - minutes(1) }).status;
  /** Under a build on the pool `default`. */
  const edited = (from: object, to: object, more: Facts = {}) =>
    passOf({ ...atZero, spec: to, stacks: stacksOf(from), leases: [1], status: ran(from), ...more });

  it.each([
    ['to Buildfarm', own, buildfarm],
    ['from Buildfarm', buildfarm, own],
  ])('%s leaves a pool at zero as it is until the server is updated', (_, from, to) => {
    const { lines, status } = edited(from, to);
    expect([lines, status.pools.gpu?.waiting?.reason]).toEqual([[], 'UpdateWaits']);
    const stacks = { ...stacksOf(from), [SERVER]: stacksOf(to)[SERVER]! };
    expect(edited(from, to, { stacks }).lines).toEqual(['UpdateStack gpu']);
  });

  it('to another image of the same one updates a pool at zero at once', () => {
    expect(edited(own, { ...own, engine: { server: 'server:2', worker: 'worker:2' } }).lines).toEqual([
      'UpdateStack gpu',
    ]);
  });
});
