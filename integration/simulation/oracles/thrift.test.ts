import { describe, expect, it } from 'vitest';
import { calmSight, goodStatus, history, mutation, SPEC, specText, version, written } from './history.fixture.ts';
import { scheduleIsSetOnce, wishesAreWithinBudget } from './thrift.ts';

describe('the budget of an hour', () => {
  const judged = (usdPerHour: number, because = 'spec.workers') => {
    const documents = [version({ text: specText({ ...SPEC, budget: { usdPerHour } }) })];
    const status = goodStatus(({ pools }) => {
      if (pools.default) pools.default.because = because;
    });
    return wishesAreWithinBudget.judge(calmSight(), history({ documents, statuses: [written(status)] }));
  };

  it('pays for what is wanted', () => {
    expect(judged(10)).toEqual([]);
    expect(judged(0.1).join()).toContain('spec.budget.usdPerHour is 0.1');
  });

  it('takes nothing from a lease', () => expect(judged(0.1, 'budget, but kept by the lease of a')).toEqual([]));
});

it('the fast schedule is not set again and again', () => {
  const set = (after: string) => mutation({ kind: 'schedule', target: 'fast', before: null, after });
  const judged = (values: string[]) =>
    scheduleIsSetOnce.judge(calmSight(), history({ mutations: values.map((value) => set(value)) }));
  const many = Array.from({ length: 19 }, () => 'true');
  expect(judged([...many, 'false', ...many])).toEqual([]);
  expect(judged([...many, 'true']).join()).toContain('set to true 20 times');
});
