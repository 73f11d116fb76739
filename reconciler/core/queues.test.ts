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
