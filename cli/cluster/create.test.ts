import { expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';

const current = bucketOfEachTest();

it.each([
  [['--idle-after=20'], '--idle-after=20 is not a duration; did you mean 20s or 20m?', /^--idle-after=10m/],
  [
    ['ci', '--workers=5', '--max=2', '--idle-after=5m'],
    'pool default may have 2 workers at most (workersMax), and 5 are wanted',
    /^bbf create ci --workers=5 --max=5 --idle-after=5m$/,
  ],
  [['--workers=30'], 'pool default may have 20 workers at most (workersMax), and 30 are wanted', /--max=30$/],
])('bbf create %j is told by what was typed, and makes nothing', async (flags, message, next) => {
  const { bucket, program } = current();
  await expect(dispatch(['create', ...flags], program)).rejects.toMatchObject({
    exitCode: exitCodes.usage,
    message,
    next: expect.stringMatching(next),
  });
  expect([...bucket.objects.keys()]).toEqual([]);
});
