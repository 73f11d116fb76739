import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { dispatch } from '../dispatch.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { findVersionedBazel } from './find.ts';

let program: ProgramDouble;
/** A launcher that takes the version from where Bazelisk does: the root of the workspace, else what the environment says. */
let launcher: string;
beforeEach(() => {
  program = programDouble();
  launcher = join(program.directory, 'launcher');
  const version = `\${USE_BAZEL_FALLBACK_VERSION:-9.0.0}`;
  writeFileSync(
    launcher,
    `#!/bin/sh
if [ "$1" = --version ]; then
  while [ ! -e MODULE.bazel ]; do cd ..; done
  echo "bazel $(cat .bazelversion 2>/dev/null || echo ${version})"; exit
fi
printf '%s\\n' "$@" > ran
exit $(cat exit-code)
`,
    { mode: 0o755 },
  );
  writeFileSync(join(program.directory, '.bazelversion'), '6.5.0\n');
});

async function found(folder: string, environment: NodeJS.ProcessEnv = {}) {
  const { settings } = program;
  const childEnvironment = { ...settings.childEnvironment, ...environment };
  const there = { ...settings, cwd: folder, childEnvironment };
  return (await findVersionedBazel(launcher, there, new AbortController().signal)).version;
}

it('a version is that of one workspace, also where that lies in another', async () => {
  const folder = join(program.directory, 'folder');
  const inner = join(folder, 'inner');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, 'MODULE.bazel'), '');
  expect(await found(folder)).toEqual([6, 5, 0]);
  expect(await found(inner)).toEqual([9, 0, 0]);
  expect(await found(inner, { USE_BAZEL_FALLBACK_VERSION: '7.4.1' })).toEqual([7, 4, 1]);
  expect(await found(folder)).toEqual([6, 5, 0]);
});

it('a version is asked for again once Bazel has refused a command line', async () => {
  const isNewer = async (exitCode: number, command = 'build') => {
    writeFileSync(join(program.directory, 'exit-code'), String(exitCode));
    const line = [`--bazel_bin=${launcher}`, '--remote_executor=grpc://127.0.0.1:1', command, '//:x'];
    expect(await dispatch(line, program)).toBe(exitCode);
    return readFileSync(join(program.directory, 'ran'), 'utf8').includes('--remote_retry_max_delay');
  };
  // As shims do that bbf does not know.
  const tool = join(program.directory, '.tool-versions');
  writeFileSync(launcher, readFileSync(launcher, 'utf8').replaceAll('.bazelversion', '.tool-versions'));
  writeFileSync(tool, '6.1.0\n');
  expect(await isNewer(1)).toBe(false);
  writeFileSync(tool, '6.2.0\n');
  // Of `run`, the program may have ended so.
  expect([await isNewer(2, 'run'), await isNewer(0)]).toEqual([false, false]);
  expect([await isNewer(2), await isNewer(0)]).toEqual([false, true]);
});
