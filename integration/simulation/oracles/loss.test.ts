import { describe, expect, it } from 'vitest';
import type { BuildEvent, MutationKind, TaskEnd } from '../history.ts';
import { AT, call, calmSight, history, minutes, mutation, POOL, SERVER, service } from './history.fixture.ts';
import { buildsKeepTheirServer, earlierShapesTakeNothing, rollOutsInUseGoOn } from './loss.ts';

const build = (what: BuildEvent['what'], at: number): BuildEvent => ({
  ...{ at, cluster: 'main', build: 'b1', what, pool: 'default' },
  ...{ workers: 2, ttlSeconds: 90 },
});
const told = [build('lease', AT - 60_000), build('ready', AT - 30_000)];
const end = (facts: Partial<TaskEnd> = {}): TaskEnd => ({
  ...{ at: AT, cluster: 'main', part: 'server', task: 't1', code: 'ServiceSchedulerInitiated', reason: 'deployment' },
  ...{ busy: 0, protected: false, drained: false },
  ...facts,
});

describe('a build that was told ready', () => {
  function judged(records: Parameters<typeof history>[0]): string {
    const past = history({ builds: [...told, build('broken', AT)], ...records });
    past.servers = [{ task: 't1', cluster: 'main', endpoint: 'e1', since: 0, until: AT }];
    return buildsKeepTheirServer.judge(calmSight(), past).join();
  }

  it('keeps its server', () => {
    expect(judged({ ends: [end()] })).toContain('build b1 lost its server, task t1');
    expect(judged({ ends: [end({ task: 't0' })] }), 'it was another one that was stopped').toBe('');
  });

  it('may lose it to what no reconciler prevents', () => {
    expect(judged({ ends: [] }), 'its program ended').toBe('');
    expect(judged({ ends: [end({ code: 'SpotInterruption' })] })).toBe('');
    const hand = mutation({ actor: 'person', target: SERVER, kind: 'stack.update', at: AT - minutes(1) });
    expect(judged({ ends: [end()], mutations: [hand] })).toBe('');
    const late = mutation({ target: SERVER, kind: 'stack.update', at: AT - 5_000 });
    const gaveUp = call({ point: 'stacks.update', target: SERVER, fault: 'late', at: AT - 9_000 });
    expect(judged({ ends: [end()], mutations: [late], calls: [gaveUp] })).toBe('');
  });

  it('has no claim once its lease is over', () => {
    const lapsed = [build('lease', AT - minutes(3)), build('ready', AT - minutes(2)), build('broken', AT)];
    expect(judged({ builds: lapsed, ends: [end()] })).toBe('');
  });
});

describe('a call that brings an earlier shape back', () => {
  const judged = (kind: MutationKind, running: number, records: Parameters<typeof history>[0] = {}) => {
    const asked = mutation({ kind, target: POOL, at: AT - 10_000 });
    const seen = calmSight({ services: [service({ name: SERVER, running: 0 }), service({ running })] });
    const past = history({ builds: told, mutations: [asked], ends: [end({ part: 'default' })], ...records });
    return earlierShapesTakeNothing.judge(seen, past).join();
  };

  it.each(['stack.cancel', 'stack.continue', 'stack.rollback'] as const)('%s takes nothing that is leased', (kind) => {
    expect(judged(kind, 1)).toContain(`${kind} on ${POOL} took t1 of default away under acknowledged leases of 2`);
    expect(judged(kind, 2), 'there are enough').toBe('');
    expect(judged(kind, 1, { builds: told.slice(0, 1) }), 'nobody was told').toBe('');
    expect(judged(kind, 1, { builds: [told[0] as BuildEvent, build('ready', AT - 5_000)] }), 'told later').toBe('');
  });

  it('is no update, and no person', () => {
    expect(judged('stack.update', 1), 'judged where it is asked for').toBe('');
    const hand = mutation({ actor: 'person', kind: 'stack.rollback', target: POOL, at: AT - 10_000 });
    expect(judged('stack.rollback', 1, { mutations: [hand] })).toBe('');
  });

  it('keeps the server', () => {
    const asked = mutation({ kind: 'stack.continue', target: SERVER, at: AT - 10_000 });
    expect(judged('stack.continue', 2, { mutations: [asked], ends: [end()] })).toContain('t1 of server');
  });
});

describe('an update that is called off', () => {
  const judged = (records: Parameters<typeof history>[0] = {}, workers?: Parameters<typeof history>[1]) => {
    const asked = mutation({ kind: 'stack.cancel', target: POOL });
    return rollOutsInUseGoOn
      .judge(calmSight(), history({ builds: told, mutations: [asked], ...records }, workers))
      .join();
  };

  it('is not one whose workers a build was told to have', () => {
    expect(judged()).toBe(`the update of ${POOL} was called off under 2 workers of b1`);
    expect(judged({}, []), 'they never came').toBe('');
    expect(judged({ builds: told.slice(0, 1) }), 'nobody was told').toBe('');
    expect(judged({ builds: [...told, build('released', AT - 1_000)] }), 'the build is over').toBe('');
    expect(judged({ mutations: [mutation({ kind: 'stack.cancel', target: SERVER })] }), 'the server’s').toBe('');
    const hand = mutation({ actor: 'person', kind: 'stack.cancel', target: POOL });
    expect(judged({ mutations: [hand] }), 'a person’s').toBe('');
  });
});
