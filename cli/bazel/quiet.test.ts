import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { programDouble } from '../testing/program-double.ts';

/** What a Bazel of some version gets of a command line. */
async function received(version: string, ...argv: string[]): Promise<string[]> {
  const program = programDouble();
  onTestFinished(() => rmSync(program.directory, { recursive: true, force: true }));
  const bazel = join(program.directory, 'bazel');
  const said = `if [ "$1" = --version ]; then echo ${version}; exit; fi`;
  writeFileSync(bazel, `#!/bin/sh\n${said}\nprintf '%s\\n' "$@" > ran\n`);
  chmodSync(bazel, 0o755);
  expect(await dispatch([`--bazel_bin=${bazel}`, ...argv], program)).toBe(0);
  return readFileSync(join(program.directory, 'ran'), 'utf8').trim().split('\n');
}

it.each([
  ['is Bazel’s own where it has one', 'bazel 8.0.0', ['--quiet', '--batch', 'info', 'release']],
  ['is left out for a Bazel that would refuse it', 'bazel 7.7.1', ['--batch', 'info', 'release']],
  ['is left out for a Bazel that does not say which it is', 'bazel no_version', ['--batch', 'info', 'release']],
])('--quiet before a command that is passed on %s', async (_what, version, expected) => {
  expect(await received(version, '--batch', '--quiet', 'info', 'release')).toEqual(expected);
});

it('without --quiet nothing is asked for or added', async () => {
  expect(await received('bazel 8.0.0', 'info')).toEqual(['info']);
});
