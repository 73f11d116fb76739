import { expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { statusDouble } from '../testing/status-double.ts';
import { recentEndpoint } from './recent-endpoint.ts';

const SECOND = 1_000;

/** Looks that answer these, one a second. */
async function told(answers: (Status | null | Error)[], asks: number): Promise<(string | null)[]> {
  let now = 0;
  const read = async () => {
    const answer = answers.shift() ?? null;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { endpoint } = recentEndpoint(read, () => now);
  const found: (string | null)[] = [];
  for (let ask = 0; ask < asks; ask++) {
    found.push(await endpoint());
    now += SECOND + 1;
  }
  return found;
}
const at = (endpoint: string | null) => statusDouble({ endpoint });

it('is what status says now', async () => {
  expect(await told([at('a:1'), at(null), at('b:1')], 3)).toEqual(['a:1', null, 'b:1']);
});

it('is the last one that was known while status can not be read: the farm asks for no keys of AWS', async () => {
  const ended = new Error('ExpiredToken');
  expect(await told([at('a:1'), ended, ended, at('b:1')], 4)).toEqual(['a:1', 'a:1', 'a:1', 'b:1']);
});

it('is nothing where none was ever known', async () => {
  await expect(told([new Error('AccessDenied')], 1)).rejects.toThrow('AccessDenied');
});

it('needs one look for all that ask at once', async () => {
  let looks = 0;
  const { endpoint } = recentEndpoint(
    async () => {
      looks += 1;
      return at('a:1');
    },
    () => 0,
  );
  await Promise.all(Array.from({ length: 50 }, endpoint));
  expect(looks).toBe(1);
});
