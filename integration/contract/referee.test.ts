/** The contract put to the local cloud and to moto, which none of us wrote: both answer as AWS documents, or the difference is explained. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NoPython } from '../python.ts';
import { answerOf } from './case.ts';
import { cases } from './cases.ts';
import { type Moto, startMoto } from './moto.ts';
import { motoDifferences } from './moto-differences.ts';
import { refereePage } from './referee-page.ts';
import { localTarget } from './target.ts';

const named = cases.map((one) => [one.name, one] as const);
const differing = new Map(motoDifferences.map((one) => [one.name, one]));

describe('the local cloud answers as AWS documents', () => {
  it.each(named)('%s', async (_, one) => {
    expect(await answerOf(one, await localTarget())).toEqual(one.documented);
  });
});

describe('moto answers as AWS documents, or as its explained differences say', () => {
  /** Making the virtual environment included. */
  const START_LIMIT_MS = 300_000;
  let moto: Moto | undefined;
  beforeAll(async () => {
    moto = await startMoto().catch((error) => {
      if (!(error instanceof NoPython)) throw error;
      console.warn(error.message);
      return undefined;
    });
  }, START_LIMIT_MS);
  afterAll(() => moto?.stop());

  for (const [name, one] of named) {
    it(name, async ({ skip }) => {
      if (!moto) return skip();
      const answer = await answerOf(one, await moto.empty());
      const difference = differing.get(name);
      expect(answer, difference?.moto).toEqual(difference ? difference.answer : one.documented);
    });
  }
});

describe('the list of differences', () => {
  it('is what the page on it says', async () => {
    await expect(refereePage()).toMatchFileSnapshot('../../local/behaviour/referee.md');
  });
  const byName = new Map(named);
  it('names each case once, and only cases that there are', () => {
    expect(byName.size).toBe(cases.length);
    expect(differing.size).toBe(motoDifferences.length);
    expect(motoDifferences.map(({ name }) => name).filter((name) => !byName.has(name))).toEqual([]);
  });
  it.each(motoDifferences)('tells of a real one: $name', ({ name, answer }) => {
    expect(answer).not.toEqual(byName.get(name)?.documented);
  });
});
