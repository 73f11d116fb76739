import { describe, expect, it } from 'vitest';
import { calmSight, history, mutation, POOL, service, sight } from './history.fixture.ts';
import { memory } from './sight.ts';
import { excess, type Outcome, summaryOf, taskTime } from './summary.ts';

const outcome = (facts: Partial<Outcome> = {}): Outcome => ({
  summary: { [`stack.create ${POOL}`]: 1 },
  end: { [POOL]: 'h1 desired 2, image worker' },
  taskSeconds: 10_000,
  ...facts,
});
const found = (facts: Partial<Outcome>, tolerance = {}) =>
  excess(outcome(facts), outcome(), tolerance).map(({ oracle }) => oracle);

describe('against the run without faults', () => {
  it('the same is right, and so is less time of tasks', () => {
    expect(found({})).toEqual([]);
    expect(found({ taskSeconds: 1 })).toEqual([]);
  });

  it.each(['stack.create', 'stack.delete', 'stack.update'])(
    'one %s less is not, but where the plan says so',
    (kind) => {
      const twice = outcome({ summary: { [`${kind} ${POOL}`]: 2 } });
      const once = outcome({ summary: { [`${kind} ${POOL}`]: 1 } });
      expect(excess(once, twice).map(({ oracle }) => oracle)).toEqual(['SUMMARY']);
      expect(excess(once, twice, { more: [kind] })).toHaveLength(1);
      expect(excess(once, twice, { fewer: [kind] })).toEqual([]);
      expect(excess(twice, once, { fewer: [kind] })).toHaveLength(1);
    },
  );

  it('fewer workers told in between are right: two steps may be one', () => {
    const steps = (count: number) => outcome({ summary: { [`grown ${POOL}`]: count, [`shrunk ${POOL}`]: count } });
    expect(excess(steps(1), steps(3))).toEqual([]);
  });

  it('one more creation, another end, or much more time of tasks is not', () => {
    expect(found({ summary: { [`stack.create ${POOL}`]: 2 } })).toEqual(['SUMMARY']);
    expect(found({ summary: { [`stack.create ${POOL}`]: 2 } }, { more: ['stack.create'] })).toEqual([]);
    expect(found({ end: { [POOL]: 'h1 desired 1, image worker' } })).toEqual(['END']);
    expect(found({ end: {} })).toEqual(['END']);
    expect(found({ end: {}, provisional: true })).toEqual([]);
    expect(found({ taskSeconds: 20_000 })).toEqual(['COST']);
    expect(found({ taskSeconds: 20_000 }, { taskSeconds: 8_000 })).toEqual([]);
  });

  it('a server that is kept for its cache counts as equal where the plan says so', () => {
    const state = (desired: number) => ({ 'bbf--main--server': `h desired ${desired}, image server` });
    expect(excess(outcome({ end: state(1) }), outcome({ end: state(0) }))).toHaveLength(1);
    expect(excess(outcome({ end: state(1) }), outcome({ end: state(0) }), { serverKept: true })).toEqual([]);
  });
});

it('counts what was changed, not what was asked for again', () => {
  const mutations = [
    mutation({ before: 0, after: 3 }),
    mutation({ before: 3, after: 3 }),
    mutation(),
    mutation({ actor: 'person', before: 3, after: 9 }),
    mutation({ kind: 'stack.update' }),
  ];
  expect(summaryOf(history({ mutations }))).toEqual({
    [`grown ${POOL}`]: 3,
    [`shrunk ${POOL}`]: 1,
    [`stack.update ${POOL}`]: 1,
  });
});

it('adds up the time of tasks between two looks', () => {
  const past = history();
  taskTime.judge(calmSight({ now: 1_000, services: [service({ alive: 3 })] }), past);
  taskTime.judge(sight({ now: 11_000 }), past);
  taskTime.judge(sight({ now: 99_000 }), past);
  expect(memory(past, 'cost', () => ({ taskMs: 0 })).taskMs).toBe(30_000);
});
