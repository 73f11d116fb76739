import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

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
  expect(await asked('--pool=big')).toEqual(['size=big', 'Pool=big']);
  expect(await asked()).toBeNull();
  expect(program.stderr()).toBe(
    command === 'flags'
      ? ''
      : 'bbf: the farm stays awake for it with bbf keep --for 2h --cluster=main --pool=big --port=8980\n' +
          'bbf: the farm stays awake for it with bbf keep --for 2h --cluster=main --port=8980\n',
  );
});

it.each([
  ['flags', [], ['Pool=big', 'size=xl']],
  ['bazelrc', ['--port=8980'], ['Pool=big', 'size=xl', 'size=m']],
])('bbf %s names no property twice: Bazel crashes then', async (command, flags, named) => {
  mkdirSync(program.settings.configDirectory, { recursive: true });
  const own = ['build', 'run'].map((name, at) => `${name} --remote_default_exec_properties=size=${['xl', 'm'][at]}\n`);
  writeFileSync(join(program.settings.configDirectory, 'bazelrc'), own.join(''));
  await dispatch([command, ...flags, `--bazel_bin=${join(program.directory, 'bazel')}`, '--pool=big'], program);
  expect(program.stdout().match(/(?<=remote_default_exec_properties=)\w+=\w+/g)).toEqual(named);
});

it.each(['cquery', 'aquery'])('bbf flags %s prints what changes an analysis', async (command) => {
  await dispatch(['flags', command, `--bazel_bin=${join(program.directory, 'bazel')}`], program);
  expect(program.stdout()).toBe('--incompatible_strict_action_env\n');
});

it('bbf flags says whose the last ones are, in nothing that a terminal obeys', async () => {
  const folder = `${program.settings.configDirectory}\u001b[2J`;
  renameSync(program.settings.configDirectory, folder);
  program.settings.configDirectory = folder;
  writeFileSync(join(folder, 'bazelrc'), 'build --a --b\n');
  await dispatch(['flags', `--bazel_bin=${join(program.directory, 'bazel')}`], program);
  expect(program.stderr()).toBe(
    `bbf: the last 2 are of ${join(folder, 'bazelrc').replace('\u001b', String.raw`\u001b`)}\n`,
  );
});

it('bbf bazelrc says how Bazel reads the file that it writes', async () => {
  const line = ['bazelrc', '--port=8980', `--bazel_bin=${join(program.directory, 'bazel')}`, '-o'];
  const file = join(program.directory, 'x.bazelrc');
  expect(await dispatch([...line, file], program)).toBe(0);
  expect(program.stdout()).toBe(`${file}: with try-import ${file} in .bazelrc, bazel build --config=bbf //...\n`);
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

const EVIL = 'x\nbuild --workspace_status_command=reboot #';
it.each([
  ['flags', { size: EVIL }, String.raw`size of pool default is "x\nbuild`],
  ['bazelrc', { size: EVIL }, String.raw`size of pool default is "x\nbuild`],
  ['bazelrc', { [EVIL]: 'x' }, String.raw`"x\nbuild --workspace_status_command=reboot #" of pool default`],
  ['flags', { size: 'big\u001b[2J' }, String.raw`"big\u001b[2J"`],
])('bbf %s takes no control characters from a document', async (command, platform, seen) => {
  current().bucket.put(clusterKey('main'), JSON.stringify({ spec: { pools: { default: { platform } } } }));
  const call = [command, `--bazel_bin=${join(program.directory, 'bazel')}`];
  const port = command === 'bazelrc' ? ['--port=8980'] : [];
  await expect(dispatch([...call, ...port], program)).rejects.toMatchObject({
    message: expect.stringContaining(seen),
    next: expect.stringContaining('bbf edit --cluster=main'),
  });
  expect(program.stdout()).toBe('');
});

it('bbf bazelrc takes no address that is none, whoever reported it', async () => {
  const endpoint = `1.2.3.4:8980\nbuild --workspace_status_command=reboot #`;
  current().bucket.put(statusKey('main'), JSON.stringify(statusDouble({ endpoint })));
  await expect(dispatch(['bazelrc', `--bazel_bin=${join(program.directory, 'bazel')}`], program)).rejects.toMatchObject(
    {
      message: expect.stringContaining(String.raw`"1.2.3.4:8980\nbuild --workspace_status_command=reboot #"`),
      next: expect.stringContaining('bbf bazelrc --port=8980'),
    },
  );
  expect(program.stdout()).toBe('');
});

it.each([
  ['a space', 'big one'],
  ['quotes', `it's "big"`],
  ['a backslash before a quote', String.raw`a\'" --workspace_status_command=reboot"`],
  ['a backslash at the end', 'a\\'],
  ['a comment', 'a #b'],
])('bbf bazelrc writes a property with %s as one word of Bazel', async (_, size) => {
  current().bucket.put(clusterKey('main'), JSON.stringify({ spec: { pools: { default: { platform: { size } } } } }));
  await dispatch(['bazelrc', '--port=8980', `--bazel_bin=${join(program.directory, 'bazel')}`], program);
  const lines = program
    .stdout()
    .split('\n')
    .filter((line) => line.includes('exec_properties'));
  expect(lines.map(rcWords)).toEqual([['build:bbf', `--remote_default_exec_properties=size=${size}`]]);
});

/** As Bazel splits a line of its rc files: a backslash takes what follows as it is, also between quotes. */
function rcWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const one = line.charAt(at);
    if (one === '\\') word = (word ?? '') + line.charAt(++at);
    else if (quote !== '') {
      if (one === quote) quote = '';
      else word += one;
    } else if (one === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (one === '#') break;
    else if (one === "'" || one === '"') [quote, word] = [one, word ?? ''];
    else word = (word ?? '') + one;
  }
  return word === undefined ? words : [...words, word];
}
