import { describe, expect, it } from 'vitest';
import { CallError, Code } from '../wire/status.ts';
import { again } from './again.ts';

/** Fails so often, then gives `done`. */
function failing(times: number, code: number = Code.UNAVAILABLE) {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw new CallError(code, 'no connection');
    return 'done';
  };
}

function pauses() {
  const taken: number[] = [];
  return { taken, pause: async (ms: number) => taken.push(ms) };
}

describe('a call', () => {
  it('is made again, ever later, when the connection was at fault', async () => {
    const { taken, pause } = pauses();
    expect(await again(failing(6), pause)).toBe('done');
    expect(taken).toEqual([250, 500, 1000, 2000, 4000, 8000]);
  });

  it('fails when that lasts', async () => {
    const { taken, pause } = pauses();
    await expect(again(failing(7), pause)).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    expect(taken).toHaveLength(6);
  });

  it.each([Code.NOT_FOUND, Code.RESOURCE_EXHAUSTED, Code.DEADLINE_EXCEEDED])(
    'fails at once with code %i',
    async (code) => {
      const { taken, pause } = pauses();
      await expect(again(failing(1, code), pause)).rejects.toMatchObject({ code });
      expect(taken).toEqual([]);
    },
  );
});
