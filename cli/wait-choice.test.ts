import { beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from './dispatch.ts';
import { exitCodes } from './exit-codes.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import type { ProgramDouble } from './testing/program-double.ts';

const current = bucketOfEachTest();
let program: ProgramDouble;
beforeEach(() => {
  ({ program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);

describe('edits', () => {
  const edits: string[][] = [
    ['want', '--workers=1'],
    ['want', '--workers=1', '--for=1h'],
    ['suspend'],
    ['resume'],
    ['rollback'],
    ['delete', 'main', '--yes'],
    ['create', 'ci'],
  ];
  it.each(edits)(
    'say nothing while they wait with --quiet, but what came of it and what failed: %s %s',
    async (...argv) => {
      await bbf('create', '--no-wait');
      await bbf('want', '--workers=2', '--no-wait');
      const before = program.stdout();
      const failure = { exitCode: exitCodes.timeout };
      await expect(bbf(...argv, '--quiet', '--timeout=5s')).rejects.toMatchObject(failure);
      expect(program.stderr()).toBe('');
      expect(program.stdout()).not.toBe(before);
    },
  );

  it.each([
    ['--wait', '10m 00s'],
    ['--wait=5s', '5s'],
    ['--wait=5s --timeout=5000ms', '5s'],
    ['--no-wait --wait=5s', '5s'],
  ])('wait with %s for %s', async (typed, limit) => {
    await bbf('create', '--no-wait');
    await expect(bbf('want', '--workers=1', ...typed.split(' '))).rejects.toMatchObject({
      exitCode: exitCodes.timeout,
      message: `cluster main took longer than ${limit}`,
    });
  });

  it('do not wait where --no-wait came last', async () => {
    await bbf('create', '--no-wait');
    expect(await bbf('want', '--workers=1', '--wait=5s', '--no-wait')).toBe(0);
  });
});
