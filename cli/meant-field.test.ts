import { beforeEach, describe, expect, it } from 'vitest';
import { statusKey } from '../config-schema/keys.ts';
import { commands } from './commands/all.ts';
import { dispatch } from './dispatch.ts';
import { exitCodes } from './exit-codes.ts';
import { jsonFields } from './output/json-fields.ts';
import type { BucketDouble } from './testing/bucket-double.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import type { ProgramDouble } from './testing/program-double.ts';
import { statusDouble } from './testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);

describe('a field as a word of its own behind --json', () => {
  beforeEach(() => bbf('create', '--no-wait'));
  const taking = commands.filter(({ flags }) => flags.some(({ name }) => name === 'json'));

  it.each(taking.map(({ name }) => name))('is not mistaken for an argument by bbf %s', async (name) => {
    bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
    const field = jsonFields.get(name)?.at(-1);
    const words = name.split(' ');
    await expect(bbf(...words, '--context=test', '--json', `${field}`)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringContaining(`did you mean --json=${field}?`),
      next: `bbf ${name} --context=test --json=${field}`,
    });
  });

  it('and what went wrong is still told', async () => {
    const failure = { details: ['there is no cluster endpoint in context test; there is main'] };
    await expect(bbf('status', '--json', 'endpoint')).rejects.toMatchObject(failure);
    await expect(bbf('status', '--json', 'cost,observedRevision')).rejects.toMatchObject({
      next: 'bbf status --json=cost,observedRevision',
    });
  });

  it('is the name of the cluster where there is one', async () => {
    await bbf('create', 'cost', '--no-wait');
    bucket.put(statusKey('cost'), JSON.stringify(statusDouble()));
    expect(await bbf('status', '--json', 'cost')).toBe(0);
  });

  it('says nothing of other words', async () => {
    const message = 'there is no cluster mian in context test; did you mean main?';
    await expect(bbf('status', '--json', 'mian')).rejects.toMatchObject({ message });
  });
});
