import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';

const current = bucketOfEachTest();
let program: ProgramDouble;
beforeEach(() => {
  const { bucket } = current();
  ({ program } = current());
  const pools = { default: {}, big: { platform: { OSFamily: 'linux', size: 'big' } } };
  bucket.put(clusterKey('main'), JSON.stringify({ spec: { pools } }));
  writeFileSync(join(program.directory, 'bazel'), '#!/bin/sh\necho bazel 7.1.0\n');
  chmodSync(join(program.directory, 'bazel'), 0o755);
});

it.each([
  ['flags', []],
  ['bazelrc', ['--port=8980']],
])('bbf %s asks for a pool that is named, as a build on it does', async (command, flags) => {
  const bazel = `--bazel_bin=${join(program.directory, 'bazel')}`;
  const asked = async (...more: string[]) => {
    const before = program.stdout().length;
    expect(await dispatch([command, ...flags, bazel, ...more], program)).toBe(0);
    return program
      .stdout()
      .slice(before)
      .match(/(?<=remote_default_exec_properties=)\w+=\w+/g);
  };
  expect(await asked('--pool=big')).toEqual(['OSFamily=linux', 'size=big', 'Pool=big']);
  expect(await asked()).toEqual(['OSFamily=linux']);
});

it('bbf bazelrc has the user’s own flags behind those of bbf, as a build has, and those of each command for it', async () => {
  mkdirSync(program.settings.configDirectory, { recursive: true });
  const own = 'test --c="d e"\nbuild --jobs=7\ncommon --a\nrun --f\n';
  writeFileSync(join(program.settings.configDirectory, 'bazelrc'), own);
  expect(await dispatch(['bazelrc', '--port=8980', `--bazel_bin=${join(program.directory, 'bazel')}`], program)).toBe(
    0,
  );
  const lines = program.stdout().trimEnd().split('\n');
  expect(lines.slice(-5)).toEqual([
    `# Of ${join(program.settings.configDirectory, 'bazelrc')}`,
    'build:bbf --a',
    'build:bbf --jobs=7',
    "test:bbf '--c=d e'",
    'run:bbf --f',
  ]);
  expect(lines.findIndex((line) => /^build:bbf --jobs=\d+$/.test(line))).toBeLessThan(lines.length - 5);
});
