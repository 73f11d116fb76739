import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bazelClient, hasBecomeProgram, psTable, type StartedBazel } from './client-process.ts';

const WORDS = ['--output_base=/o', 'build', '--jobs=3', '//...'];
const JOINED = WORDS.join(' ');

/** Each process with the number of its parent: the one before it, unless it is named. */
const table = (processes: { line: string; parent?: number; environment?: string[] }[]) => {
  const of = (pid: number) => processes[pid - 1];
  return {
    children: (pid: number) => processes.flatMap(({ parent }, at) => ((parent ?? at) === pid ? [at + 1] : [])),
    commandLine: (pid: number) => of(pid)?.line ?? '',
    environment: (pid: number) => of(pid)?.environment ?? [],
  };
};
const started = (more: Partial<StartedBazel> = {}): StartedBazel => ({
  pid: 1,
  arguments: WORDS,
  environment: {},
  seen: new Set(),
  ...more,
});
const RUN = ['HOME=/h', 'BUILD_WORKSPACE_DIRECTORY=/work'];

// what is so | the processes, the first one started by bbf | BUILD_WORKSPACE_DIRECTORY of bbf | the client
const rows: [string, Parameters<typeof table>[0], string | undefined, number][] = [
  ['Bazel itself', [{ line: `bazel ${JOINED}` }], undefined, 1],
  [
    'what Bazel starts is no Bazel',
    [{ line: `bazel ${JOINED}` }, { line: 'daemonize java --output_base=/o builder --jobs=30 //...' }],
    undefined,
    1,
  ],
  ['a copy of it is none yet', [{ line: `bazel ${JOINED}` }, { line: `bazel ${JOINED}` }], undefined, 1],
  ['behind Bazelisk', [{ line: `bazelisk ${JOINED}` }, { line: `bazel ${JOINED}` }], undefined, 2],
  [
    'behind two, one of which adds words',
    [
      { line: `node bazelisk.js ${JOINED}` },
      { line: `bazelisk ${JOINED}` },
      { line: 'bazel --output_base=/o --nohome_rc build --config=ci --jobs=3 //...' },
      { line: 'sleep 1' },
    ],
    undefined,
    3,
  ],
  [
    'beside another child',
    [{ line: `bazelisk ${JOINED}` }, { line: 'sleep 1' }, { line: `bazel ${JOINED}`, parent: 1 }],
    undefined,
    3,
  ],
  ['while Bazelisk fetches it', [{ line: `bazelisk ${JOINED}` }, { line: 'credential-helper get' }], undefined, 1],
  [
    'the program of run, and nothing below it',
    [
      { line: '/out/server', environment: RUN },
      { line: '/out/child', environment: RUN },
    ],
    undefined,
    1,
  ],
  [
    'where bbf was started by run itself, that says nothing',
    [
      { line: `bazelisk ${JOINED}`, environment: RUN },
      { line: `bazel ${JOINED}`, environment: RUN },
      { line: 'daemonize java', environment: RUN },
    ],
    '/work',
    2,
  ],
];

describe('the process of Bazel’s client', () => {
  it.each(rows)('%s', (_what, processes, own, expected) => {
    const environment = own === undefined ? {} : { BUILD_WORKSPACE_DIRECTORY: own };
    expect(bazelClient(started({ environment }), table(processes))).toBe(expected);
  });

  it('is not looked for without words that tell it', () => {
    const processes = [{ line: 'bazel' }, { line: 'java' }];
    expect(bazelClient(started({ arguments: [] }), table(processes))).toBe(1);
  });

  it('is the program of run behind Bazelisk, once it has been seen with the words, and nothing that a wrapper runs', () => {
    const look = started({ environment: { BUILD_WORKSPACE_DIRECTORY: '/elsewhere' } });
    const launcher = { line: `bazelisk ${JOINED}` };
    const program = [
      { line: '/out/server', environment: RUN },
      { line: 'child', environment: RUN },
    ];
    expect([
      bazelClient(look, table([launcher, ...program])),
      hasBecomeProgram(look, table([launcher, ...program])),
    ]).toEqual([1, false]);
    expect(bazelClient(look, table([launcher, { line: `bazel ${JOINED}` }]))).toBe(2);
    expect([
      bazelClient(look, table([launcher, ...program])),
      hasBecomeProgram(look, table([launcher, ...program])),
    ]).toEqual([2, true]);
  });

  it.each([
    ['as this system tells it', undefined],
    ['as ps tells it', psTable],
  ])('%s', async (_what, read) => {
    // The shell starts it as its child; the word behind is one that both hold.
    const shell = spawn('/bin/sh', ['-c', 'echo; "$0" 60 7734; exit', 'sleep', '7734']);
    onTestFinished(() => void shell.kill('SIGKILL'));
    await once(shell.stdout, 'data');
    const look = started({ pid: shell.pid as number, arguments: ['60', '7734'], environment: process.env });
    await expect.poll(() => bazelClient(look, read?.())).not.toBe(shell.pid);
    process.kill(bazelClient(look, read?.()), 'SIGKILL');
    expect(await once(shell, 'exit')).toEqual([137, null]);
  });
});
