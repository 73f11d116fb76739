import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasScript, onTerminal, sourceProgram } from '../testing/source-program.ts';
import { runBazel } from './process.ts';

const bbfProgram = sourceProgram();
let directory: string;
/** A shell script. */
let bazel: string;
/** One that starts it, hands on no signal, and ends as it does. */
let launcher: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-process-'));
  bazel = join(directory, 'bazel');
  writeFileSync(bazel, script);
  chmodSync(bazel, 0o755);
  launcher = join(directory, 'bazelisk');
  writeFileSync(launcher, `#!/bin/sh\ntrap : INT TERM HUP\n"${bazel}" "$@"\nexit $?\n`);
  chmodSync(launcher, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Tells its arguments, then does what the second one says. It ends with 8 a while after it was interrupted, as Bazel does. */
const script = `#!/bin/sh
printf '<%s>' "$@"
case "$2" in
  exit) exit "$3" ;;
  kill) kill -"$3" $$ ;;
  cat) cat; exit 0 ;;
  env) env | grep -c AWS_SDK; exit 0 ;;
  wait)
    trap 'echo INT >> "$3"' INT
    trap 'echo TERM >> "$3"; exit 9' TERM
    trap 'echo HUP >> "$3"; exit 9' HUP
    echo $PPID > "$3.parent"
    echo started > "$3"
    i=0
    while [ $i -lt 300 ]; do
      sleep 0.1
      if grep -q INT "$3"; then sleep 0.3; exit 8; fi
      i=$((i+1))
    done ;;
esac
`;

function start(args: string[], wrap = (command: string[]) => command): ChildProcess {
  const [command = '', ...rest] = wrap([...bbfProgram(), `--bazel_bin=${bazel}`, ...args]);
  return spawn(command, rest, { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr?.on('data', (data) => {
    output.stderr += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

/** These tests themselves are run with it. */
const withoutSdkSetting = (command: string[]) => [
  '/usr/bin/env',
  '--unset=AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
  ...command,
];

const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);

describe('a plain Bazel command', () => {
  it('has its arguments, output and exit code', async () => {
    const { code, stdout, stderr } = await finish(start(['--output_base', 'x y', 'query', 'exit', '7']));
    expect(stdout).toBe('<--output_base><x y><query><exit><7>');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect((await finish(start(['info', 'exit', '36']))).code).toBe(36);
  });

  it('reads what bbf is given to read', async () => {
    const child = start(['query', 'cat']);
    child.stdin?.end('//some:target');
    expect((await finish(child)).stdout).toContain('//some:target');
  });

  it('has the environment as it was, without what bbf sets for itself', async () => {
    expect((await finish(start(['query', 'env'], withoutSdkSetting))).stdout).toMatch(/>0\n$/);
  });

  it('that dies by a signal gives 128 and its number', async () => {
    expect((await finish(start(['query', 'kill', 'KILL']))).code).toBe(137);
  });
});

describe('signals', () => {
  it('to bbf alone reach Bazel, and bbf ends as Bazel does', async () => {
    const file = join(directory, 'alone');
    const child = start(['query', 'wait', file]);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    child.kill('SIGINT');
    expect((await finished).code).toBe(8);
    expect(lines(file)).toEqual(['started', 'INT']);
  });

  it('SIGTERM too', async () => {
    const file = join(directory, 'term');
    const child = start(['query', 'wait', file]);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    child.kill('SIGTERM');
    expect((await finished).code).toBe(9);
  });

  it('reach Bazel behind a launcher that keeps its own to itself', async () => {
    const file = join(directory, 'behind');
    const child = start([`--bazel_bin=${launcher}`, 'query', 'wait', file]);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    child.kill('SIGTERM');
    expect((await finished).code).toBe(9);
    expect(lines(file)).toEqual(['started', 'TERM']);
  });

  it('of bbf’s own, such as for a build that can’t go on, reach it there too', async () => {
    const file = join(directory, 'stopped');
    const stop = new AbortController();
    const running = runBazel(
      { cwd: directory, childEnvironment: process.env, onTerminal: true },
      { bazel: launcher, arguments: ['query', 'wait', file], stop: stop.signal },
    );
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    stop.abort();
    expect(await running).toBe(8);
    expect(lines(file)).toEqual(['started', 'INT']);
  });

  it.skipIf(!hasScript)('Ctrl-C at a terminal reaches Bazel once', async () => {
    const file = join(directory, 'terminal');
    const child = start(['query', 'wait', file], onTerminal);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    child.stdin?.write('\u0003');
    expect((await finished).code).toBe(8);
    expect(lines(file)).toEqual(['started', 'INT']);
  });

  it.skipIf(!hasScript)('SIGHUP to bbf alone reaches Bazel, though bbf has a terminal', async () => {
    const file = join(directory, 'hang-up');
    const child = start(['query', 'wait', file], onTerminal);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    process.kill(Number(lines(`${file}.parent`)[0]), 'SIGHUP');
    expect((await finished).code).toBe(9);
    expect(lines(file)).toEqual(['started', 'HUP']);
  });

  it.skipIf(!hasScript)('a terminal that is gone ends Bazel too, though its hang-up reaches bbf alone', async () => {
    const file = join(directory, 'gone');
    const child = start(['query', 'wait', file], onTerminal);
    const finished = finish(child);
    await expect.poll(() => lines(file), { timeout: 30_000 }).toEqual(['started']);
    child.kill('SIGKILL');
    await finished;
    await expect.poll(() => lines(file)).toContain('HUP');
  });
});
