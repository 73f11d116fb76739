import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { programDouble } from '../testing/program-double.ts';

const OWN = ['common --a', 'test --b', 'build --c', 'cquery --d', 'query --e', 'run --f'];

/** What Bazel 7.4.1 gets of a command line. No farm answers. */
async function received(...argv: string[]): Promise<string[]> {
  const program = programDouble();
  onTestFinished(() => rmSync(program.directory, { recursive: true, force: true }));
  mkdirSync(program.settings.configDirectory, { recursive: true });
  writeFileSync(join(program.settings.configDirectory, 'bazelrc'), `${OWN.join('\n')}\n`);
  const bazel = join(program.directory, 'bazel');
  const said = 'if [ "$1" = --version ]; then echo bazel 7.4.1; exit; fi';
  writeFileSync(bazel, `#!/bin/sh\n${said}\nprintf '%s\\n' "$@" > ran\n`, { mode: 0o755 });
  expect(await dispatch([`--bazel_bin=${bazel}`, ...argv], program)).toBe(0);
  return readFileSync(join(program.directory, 'ran'), 'utf8').trim().split('\n');
}

const STRICT = '--incompatible_strict_action_env';
const suite = ['--crosstool_top=//:x', '--cpu=k8', '--host_cpu=k8', '--define=EXECUTOR=remote'];
suite.push('--noincompatible_enable_cc_toolchain_resolution');

it.each([
  ['cquery', ['--batch', 'cquery', '-k', '//:x'], ['--batch', 'cquery', STRICT, '--a', '--c', '--d', '-k', '//:x']],
  ['aquery', ['aquery', '//:x'], ['aquery', STRICT, '--a', '--c', '//:x']],
  [
    'aquery with a toolchain suite',
    [suite[0] ?? '', 'aquery', '//:x'],
    ['aquery', STRICT, ...suite, '--a', '--c', '//:x'],
  ],
  ['no query, which analyses nothing', ['query', '//:x'], ['query', '//:x']],
  ['no print_action', ['print_action', '//:x'], ['print_action', '//:x']],
  // The user's own flags are for the farm, and may name what is there alone.
  ['a build that falls back', ['--fallback=local', 'build', '//:x'], ['build', STRICT, '//:x']],
])('what a build on the farm has analysed stays good for %s', async (_, typed, expected) => {
  expect(await received(...typed)).toEqual(expected);
});
