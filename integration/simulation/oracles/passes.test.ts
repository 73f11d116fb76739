import { describe, expect, it } from 'vitest';
import { absenceShrinksNothing } from './absence.ts';
import { AT, call, calmSight, history, mutation, POOL } from './history.fixture.ts';
import { effortIsBounded, unknownIsBusy } from './leases.ts';
import { clusterOfCall, passOf } from './passes.ts';

describe('a call is about', () => {
  it.each([
    ['clusters/main/leases/b1.json', 'main'],
    ['bbf--main--', 'main'],
    ['bbf--main--server bbf--main--pool--default', 'main'],
    [`arn:aws:cloudformation:eu-west-1:1:stack/${POOL}/7`, 'main'],
    ['clusters/', undefined],
    ['fast', undefined],
  ])('%s', (target, cluster) => {
    expect(clusterOfCall({ target })).toBe(cluster);
  });
});

describe('of two clusters that one invocation looks at side by side', () => {
  const others = (point: string, error?: string) =>
    call({ point, target: 'clusters/second/x', at: AT - 4, ...(error && { outcome: 'failed', error }) });
  const own = [call({ target: 'clusters/', at: AT - 8 }), call({ point: 'documents.read:cluster', at: AT - 7 })];
  const described = call({ point: 'services.describe', target: POOL, at: AT - 3 });

  it('each has a pass of its own', () => {
    const { calls } = passOf(history({ calls: [...own, others('documents.list'), described] }), mutation());
    expect(calls.map(({ point }) => point)).toEqual(['documents.list', 'documents.read:cluster', 'services.describe']);
  });

  it('what could not be read of the one is no word about the other', () => {
    const denied = (point: string) =>
      history({ calls: [...own, others(point, 'AccessDenied'), described], mutations: [mutation()] });
    expect(absenceShrinksNothing.judge(calmSight(), denied('documents.read:cluster'))).toEqual([]);
    expect(unknownIsBusy.judge(calmSight(), denied('documents.read:lease'))).toEqual([]);
    expect(unknownIsBusy.judge(calmSight(), denied('documents.read:activity'))).toEqual([]);
  });

  it('the listings of the one are no new beginning of the other', () => {
    const endless = Array.from({ length: 60 }, () => [described, others('documents.list')]).flat();
    expect(effortIsBounded.judge(calmSight(), history({ calls: endless }))).toHaveLength(1);
  });
});
