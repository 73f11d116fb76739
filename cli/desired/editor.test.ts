import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { hasScript, onTerminal, sourceProgram } from '../testing/source-program.ts';

const current = bucketOfEachTest();
const bbfProgram = sourceProgram();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(async () => {
  ({ bucket, program } = current());
  const spec = { pools: { default: { workers: 1 } } };
  bucket.put(key, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));
});

const key = clusterKey('main');
const workers = () => JSON.parse(bucket.objects.get(key)?.text ?? '{}').spec.pools.default.workers;
const inFolder = (name: string) => join(program.directory, name);
const untilThere = (name: string) => expect.poll(() => existsSync(inFolder(name)), { timeout: 30_000 }).toBe(true);

interface Edit {
  wrap?(command: string[]): string[];
  /** Of $EDITOR, for the path of the script. */
  editorOf?(path: string): string;
  /** The variable that names it. */
  variable?: 'EDITOR' | 'VISUAL';
}

/** With an editor that is a shell script; `$1` is the file. */
function edit(
  script: string,
  { wrap = (command) => command, editorOf = (path) => path, variable = 'EDITOR' }: Edit = {},
) {
  const { directory } = program;
  const editor = inFolder('editor');
  writeFileSync(editor, `#!/bin/sh\n${script}\n`);
  chmodSync(editor, 0o755);
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    TMPDIR: directory,
    [variable]: editorOf(editor),
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 's',
  };
  const [command = '', ...rest] = wrap([...bbfProgram(), 'edit', '--no-wait']);
  const child = spawn(command, rest, { cwd: directory, env, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += data;
    });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, output })) };
}

const CTRL_C = '\u0003';
const WAITING = 'touch started; for i in $(seq 600); do [ -e pressed ] && break; sleep 0.1; done';
const CHANGE = `sed -i 's/workers: 1/workers: 6/' "$1"`;

describe('while the editor is open', () => {
  const editors: [what: string, editorOf: (path: string) => string][] = [
    ['a program', (path) => path],
    ['a program and flags', (path) => `env A=1 '${path}'`],
    ['commands of a shell', (path) => `A=1 B=2 ${path}`],
  ];
  it.skipIf(!hasScript).each(editors)(
    '%s: Ctrl-C is its own, and what it saves after that is written',
    async (...row) => {
      const [, editorOf] = row;
      const { child, ended } = edit(`trap 'touch pressed' INT; ${WAITING}; ${CHANGE}`, { wrap: onTerminal, editorOf });
      await untilThere('started');
      child.stdin.write(CTRL_C);
      const { code, output } = await ended;
      expect(code, output).toBe(0);
      expect(workers()).toBe(6);
    },
  );

  it.skipIf(!hasScript).each(editors)(
    '%s: Ctrl-C that ends it ends bbf, which tells where the text is',
    async (...row) => {
      const [, editorOf] = row;
      const { child, ended } = edit(WAITING, { wrap: onTerminal, editorOf });
      await untilThere('started');
      child.stdin.write(CTRL_C);
      const { code, output } = await ended;
      expect(code, output).toBe(130);
      expect(output).toContain('bbf: stopped by SIGINT; nothing was written, and your text is in');
    },
  );

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends both, and the text stays where bbf says', async (signal, exitCode) => {
    const { child, ended } = edit(`trap 'touch told; exit 1' TERM HUP; ${CHANGE}; ${WAITING}`);
    await untilThere('started');
    child.kill(signal);
    const { code, output } = await ended;
    expect(code, output).toBe(exitCode);
    expect(existsSync(inFolder('told'))).toBe(true);
    const [, file = ''] = /nothing was written, and your text is in (\S+)\n$/.exec(output) ?? [];
    expect(readFileSync(file, 'utf8')).toContain('workers: 6');
    expect(workers()).toBe(1);
  });
});

it.each(['EDITOR', 'VISUAL'] as const)(
  'says which variable names another editor where that of %s fails',
  async (variable) => {
    const { code, output } = await edit('exit 3', { variable }).ended;
    expect(code, output).toBe(71);
    expect(output).toContain(`try: ${variable}=vi bbf edit main; your text is in `);
  },
);

it('an editor that leaves no file is no bug of bbf, and nothing is written', async () => {
  const { code, output } = await edit('rm "$1"').ended;
  expect(code, output).toBe(71);
  expect(output).toMatch(
    /^bbf: error: the editor \(.*\) left no file at .*main\.yaml; nothing was written\n {2}try: bbf edit main/,
  );
  expect(workers()).toBe(1);
});
