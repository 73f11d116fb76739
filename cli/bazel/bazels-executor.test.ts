/** A farm that Bazel's own flag names is not bbf's: `alias bazel=bbf` makes it stand behind the command. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';

const current = bucketOfEachTest();

/** What Bazel gets, and what bbf says. */
async function built(...words: string[]) {
  const { program } = current();
  const bazel = join(program.directory, 'bazel');
  writeFileSync(bazel, `#!/bin/sh\nprintf '%s\\n' "$@" > ran\nexit 3\n`);
  chmodSync(bazel, 0o755);
  expect(await dispatch([`--bazel_bin=${bazel}`, ...words], program)).toBe(3);
  return [readFileSync(join(program.directory, 'ran'), 'utf8').trim().split('\n'), program.stderr()];
}

it.each([
  [
    ['build', '--remote_executor=grpcs://other', '//...'],
    'bbf: --remote_executor=grpcs://other stands behind build: Bazel builds there, without the cluster\n',
  ],
  [
    ['test', '--remote_executor', '', '//...'],
    'bbf: --remote_executor= stands behind test: Bazel builds on this machine, without the cluster\n',
  ],
])('%j takes no lease, and Bazel gets what was typed', async (words, note) => {
  expect(await built('--output_base=o', ...words)).toEqual([['--output_base=o', ...words], note]);
  expect(current().bucket.requests).toEqual([]);
});

it('--quiet says nothing of it', async () => {
  expect(await built('--quiet', 'build', '--remote_executor=x')).toEqual([['build', '--remote_executor=x'], '']);
});

it('a flag that would be lost is refused', async () => {
  const line = ['--crosstool_top=//tools:cc', 'build', '--remote_executor=grpcs://other', '//...'];
  await expect(dispatch(line, current().program)).rejects.toMatchObject({
    exitCode: exitCodes.usage,
    next: 'both on one side of the command',
  });
});
