import { describe, expect, it } from 'vitest';
import { absenceShrinksNothing } from './absence.ts';
import { AT, call, calmSight, goodStatus, history, mutation, version, written } from './history.fixture.ts';

const gone = [version(), version({ at: AT - 60_000, revision: 'r2', text: null, valid: false })];

function judged(records: Parameters<typeof history>[0], workers?: Parameters<typeof history>[1]): string {
  const past = history({ calls: [call()], mutations: [mutation({ after: 0 })], ...records }, workers);
  return absenceShrinksNothing.judge(calmSight(), past).join();
}

describe('a document that is no document', () => {
  it('takes no worker away that the last one asks for', () => {
    expect(judged({ documents: gone })).toContain('from 2 to 0 without a valid cluster.json; the last one asks for 2');
    const bad = [version(), version({ at: AT - 60_000, revision: 'r2', text: '{', valid: false })];
    expect(judged({ documents: bad })).toContain('asks for 2');
    expect(judged({ documents: gone, mutations: [mutation({ before: 3, after: 2 })] }), 'more than it asks').toBe('');
  });

  it('may have come after the pass had looked, or when its workers were to go anyway', () => {
    expect(judged({ documents: gone, calls: [call({ at: AT - 61_000 })] })).toBe('');
    const said = (change: Parameters<typeof goodStatus>[0]) => [written(goodStatus(change))];
    const asleep = said((status) => Object.assign(status, { asleep: { since: 'now' } }));
    expect(judged({ documents: gone, statuses: asleep })).toBe('');
    const rolls = said((status) => Object.assign(status.pools.default ?? {}, { rolledFrom: 2 }));
    expect(judged({ documents: gone, statuses: rolls })).toBe('');
    expect(judged({ documents: gone }, []), 'they never came').toBe('');
  });

  it('that can not be read takes nothing at all', () => {
    const read = (outcome: 'ok' | 'failed') =>
      call({ point: 'documents.read:cluster', outcome, ...(outcome === 'failed' && { error: 'AccessDenied' }) });
    expect(judged({ calls: [call(), read('failed')] })).toContain('could not be read: AccessDenied');
    expect(judged({ calls: [call(), read('failed'), read('ok')] })).toBe('');
  });
});
