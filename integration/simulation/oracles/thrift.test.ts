import { describe, expect, it } from 'vitest';
import type { Status } from '../../../config-schema/documents.ts';
import { record } from '../history.ts';
import {
  AT,
  call,
  calmSight,
  condition,
  goodStatus,
  history,
  mutation,
  POOL,
  SPEC,
  specText,
  stack,
  story,
  version,
  written,
} from './history.fixture.ts';
import {
  drainsAreNeeded,
  lockIsTakenForSomething,
  scheduleIsSetOnce,
  settledStacksAreLeftAlone,
  wishesAreWithinBudget,
} from './thrift.ts';

describe('the budget of an hour', () => {
  /** The pool wants two. */
  const judged = (usdPerHour: number, leased = 0) => {
    const documents = [version({ text: specText({ ...SPEC, budget: { usdPerHour } }) })];
    const lease = { id: 'a', holder: 'a', purpose: '', pools: { default: leased }, expiresAt: '' };
    const status = goodStatus(({ leases }) => void leases.push(lease));
    return wishesAreWithinBudget.judge(calmSight(), history({ documents, statuses: [written(status)] }));
  };

  it('pays for what is wanted', () => {
    expect(judged(10)).toEqual([]);
    expect(judged(0.1).join()).toContain('spec.budget.usdPerHour is 0.1');
  });

  it('takes nothing from a lease, which takes no more than it claims', () => {
    expect(judged(0.1, 2)).toEqual([]);
    expect(judged(0.1, 1).join()).toContain('spec.budget.usdPerHour is 0.1');
  });
});

describe('who is asked to drain', () => {
  const asks = (draining: string[], counts: { wanted?: number; desired?: number; running?: number } = {}) =>
    goodStatus(({ pools }) => {
      if (pools.default) Object.assign(pools.default, { draining, ...counts });
    });
  /** The pool has two tasks, and wants two unless told otherwise. */
  const judged = (...statuses: ReturnType<typeof asks>[]) =>
    drainsAreNeeded.judge(calmSight(), history({ statuses: statuses.map((status, at) => written(status, at)) }));

  it('is nobody in a pool that wants all that it has', () => {
    expect(judged(asks([]))).toEqual([]);
    expect(judged(asks(['a'])).join()).toContain('1 of pool default are asked to drain, which wants 2 and has 2');
  });

  it('is no more than the pool has beyond', () => {
    expect(judged(asks(['a'], { wanted: 1 }))).toEqual([]);
    expect(judged(asks(['a', 'b'], { wanted: 1 })).join()).toContain('wants 1 and has 2');
    expect(judged(asks(['a', 'b'], { wanted: 1, running: 3 }))).toEqual([]);
  });

  it('may be anybody while the stack is being updated', () => {
    const updating = calmSight({ stacks: [stack({ status: 'UPDATE_IN_PROGRESS' })] });
    expect(drainsAreNeeded.judge(updating, history({ statuses: [written(asks(['a']))] }))).toEqual([]);
  });

  it('may be who was asked before, and everybody when all must go', () => {
    expect(judged(asks(['a'], { wanted: 1 }), asks(['a'], { desired: 1 }))).toEqual([]);
    expect(judged(asks(['a', 'b', 'ended'], { wanted: 0 }))).toEqual([]);
  });
});

it('the fast schedule is not set again and again', () => {
  const set = (after: string) => mutation({ kind: 'schedule', target: 'fast', before: null, after });
  const judged = (values: string[]) =>
    scheduleIsSetOnce.judge(calmSight(), history({ mutations: values.map((value) => set(value)) }));
  const many = Array.from({ length: 19 }, () => 'true');
  expect(judged([...many, 'false', ...many])).toEqual([]);
  expect(judged([...many, 'true']).join()).toContain('set to true 20 times');
});

it.each([
  ['no status can be written', 'documents.write:status'],
  ['its answer is lost', 'schedule.setFast'],
])('the fast schedule may be set again while %s', (_why, point) => {
  const past = history();
  const set = mutation({ kind: 'schedule', target: 'fast', before: null, after: 'true' });
  const pass = () => {
    past.fresh = { ...past.fresh, mutations: [set] };
    return scheduleIsSetOnce.judge(calmSight(), past);
  };
  for (let times = 1; times <= 40; times++) {
    expect(pass()).toEqual([]);
    record(past, 'calls', call({ point, outcome: 'failed' }));
  }
  for (let times = 1; times < 20; times++) expect(pass()).toEqual([]);
  expect(pass().join()).toContain('set to true 20 times');
});

describe('a stack that status knows', () => {
  const read = (index: number) => call({ point: 'stacks.read', target: POOL, at: AT + index * 60_000 });
  const reads = Array.from({ length: 6 }, (_, i) => read(i));
  const judged = (change: (status: Status) => void = () => {}, more: Parameters<typeof history>[0] = {}) => {
    const status = goodStatus((good) => {
      for (const record of Object.values(good.stacks)) record.readAt = new Date(AT).toISOString();
      change(good);
    });
    return settledStacksAreLeftAlone.judge(
      calmSight(),
      history({ calls: reads, statuses: [written(status)], ...more }),
    );
  };

  it('is not read again and again', () => {
    expect(judged()).toEqual([`${POOL} was read 4 times although status told of it as it was`]);
    expect(judged(undefined, { calls: reads.slice(0, 3) })).toEqual([]);
  });

  it.each<[string, (status: Status) => void]>([
    ['while the cluster is not Ready', (status) => Object.assign(condition(status, 'Ready'), { status: 'False' })],
    ['where it was tried in vain', ({ stacks }) => Object.assign(stacks[POOL] ?? {}, { attempts: { update: {} } })],
    ['where it is not as it should be', ({ stacks }) => Object.assign(stacks[POOL] ?? {}, { hash: null })],
    ['ten minutes later', ({ stacks }) => Object.assign(stacks[POOL] ?? {}, { readAt: new Date(0).toISOString() })],
  ])('may be, %s', (_when, change) => expect(judged(change)).toEqual([]));

  it('may be where status tells of it as it was right after a change: clocks leave open which came first', () => {
    const update = (at: number) => mutation({ kind: 'stack.update', target: POOL, at });
    expect(judged(undefined, { mutations: [update(AT - 60_000)] })).toEqual([]);
    expect(judged(undefined, { mutations: [update(AT - 120_000)] })).toHaveLength(1);
  });

  it('may be where reads and writes fail', () => {
    const faults = [{ point: 'stacks.read', kind: 'throttled' as const }];
    const seen = calmSight({ story: { ...story, faults, calmAt: AT * 2 } });
    const status = goodStatus((good) => {
      for (const record of Object.values(good.stacks)) record.readAt = new Date(AT).toISOString();
    });
    expect(settledStacksAreLeftAlone.judge(seen, history({ calls: reads, statuses: [written(status)] }))).toEqual([]);
  });
});

describe('the lock', () => {
  const LOCK = 'clusters/main/lock.json';
  const taken = mutation({ kind: 'document.write', target: LOCK });
  const released = mutation({ kind: 'document.remove', target: LOCK });
  const said = mutation({ kind: 'document.write', target: 'clusters/main/status.json' });
  const looks = (count: number) => Array.from({ length: count }, () => [taken, released]).flat();
  const statuses = [written(goodStatus())];
  const judged = (mutations: (typeof taken)[], more: Parameters<typeof history>[0] = {}) =>
    lockIsTakenForSomething
      .judge(calmSight(), history({ mutations, calls: [call()], documents: [], statuses, ...more }))
      .join();

  it('is not taken by look after look for nothing', () => {
    expect(judged(looks(4))).toContain('taken 4 times in a row for nothing');
    expect(judged(looks(3))).toBe('');
    expect(judged([...looks(3), said, ...looks(3)])).toBe('');
  });

  it('is held by who waits for workers', () => {
    const waits = goodStatus((status) => Object.assign(status.pools.default ?? {}, { desired: 1 }));
    expect(judged(looks(4), { statuses: [written(waits)] })).toBe('');
    expect(judged(looks(4), { statuses: [] }), 'nothing was said yet').toBe('');
  });

  it('may be taken again where something went wrong, or came in', () => {
    const past = history({ mutations: looks(3), statuses });
    lockIsTakenForSomething.judge(calmSight(), past);
    past.fresh = history({ mutations: looks(1) }).fresh;
    expect(lockIsTakenForSomething.judge(calmSight(), past), 'a document was written').toEqual([]);
    expect(judged(looks(3), { calls: [call({ outcome: 'failed' })] })).toBe('');
  });
});
