import { expect, it } from 'vitest';
import { failuresAreKept } from './evidence.ts';
import { calmSight, history, mutation, POOL, stack } from './history.fixture.ts';

it('a stack goes when somebody deletes it, and not by itself', () => {
  const gone = calmSight({ stacks: [stack({ id: 'a', status: 'DELETE_COMPLETE' }), stack({ id: 'b' })] });
  const asked = mutation({ kind: 'stack.delete', actor: 'person' });
  expect(failuresAreKept.judge(calmSight(), history())).toEqual([]);
  expect(failuresAreKept.judge(gone, history({ mutations: [asked] }))).toEqual([]);
  expect(failuresAreKept.judge(gone, history({ mutations: [mutation()] }))).toEqual([
    `1 stacks ${POOL} were deleted, and 0 deletions asked for`,
  ]);
});
