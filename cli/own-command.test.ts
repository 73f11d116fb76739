import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../config-schema/keys.ts';
import { dispatch } from './dispatch.ts';
import type { BucketDouble } from './testing/bucket-double.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import type { ProgramDouble } from './testing/program-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);
const spec = () => JSON.parse(bucket.objects.get(clusterKey('main'))?.text ?? '{}').spec;

describe('flags of a command before its name', () => {
  beforeEach(() => bbf('create', '--no-wait'));

  it.each([
    ['a switch', ['--no-wait', 'want', '--workers=1']],
    ['one with its value', ['--no-wait', '--workers=1', 'want']],
    ['one with its value apart', ['--no-wait', '--max', '20', 'want', '--workers=1']],
    [
      'one whose value is a command’s name',
      ['--no-wait', '--cluster', 'main', '--pool', 'default', 'want', '--workers=1'],
    ],
    ['one that stands before Bazel commands as well', ['--workers', '1', '--quiet', 'want', '--no-wait']],
    ['one whose value may be left out', ['--wait', '--no-wait', 'want', '--workers=1']],
  ])('mean what they mean behind it: %s', async (_rule, argv) => {
    expect(await bbf(...argv)).toBe(0);
    expect(spec().pools.default.workers).toBe(1);
  });

  it('go with a name of two words, and with help', async () => {
    await expect(bbf('--cluster=main', 'leases', 'release', 'nobody')).rejects.toMatchObject({
      message: expect.stringContaining('nobody'),
    });
    expect(await bbf('--timeout', '3s', '--help', 'want')).toBe(0);
    expect(program.stdout()).toContain('bbf want [flags]');
  });

  it.each([
    ['--timeout=3s', 'want', '--workers=1', 'cluster main took longer than 3s'],
    ['--clutser=x', 'status', '', '--clutser is a flag of neither bbf nor its command status; did you mean --cluster?'],
    ['--wokers=3', 'want', '', '--wokers is a flag of neither bbf nor its command want; did you mean --workers?'],
    ['--workers=3', 'status', '', 'bbf status has no flag --workers; there is'],
    ['--cluster', '--watch', 'status', '--cluster of bbf status needs a value, and none was given'],
  ])('%s %s %s: %s', async (...words) => {
    const message = expect.stringContaining(words.at(-1) ?? '');
    await expect(bbf(...words.slice(0, -1).filter(Boolean))).rejects.toMatchObject({ message });
  });
});
