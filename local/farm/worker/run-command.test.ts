import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../fixtures/farm.ts';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { type RunSettings, runCommand } from './run-command.ts';
import { createSpawner } from './spawner.ts';

function prepare(
  script: string | string[],
  settings: Partial<RunSettings> = {},
  environment: Record<string, string> = {},
) {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory, name);
  mkdirSync(path('root/sub'), { recursive: true });
  writeFileSync(path('root/sub/tool'), '#!/bin/sh\necho tool in $(pwd)\n', { mode: 0o755 });
  writeFileSync(path('root/data'), 'no program');
  const words = typeof script === 'string' ? ['/bin/sh', '-c', script] : script;
  const environmentVariables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const spawner = createSpawner();
  onTestFinished(() => spawner.close());
  const run = () =>
    runCommand({
      spawner,
      command: { arguments: words, environmentVariables },
      workingDirectory: path('root'),
      stdoutPath: path('stdout'),
      stderrPath: path('stderr'),
      timeoutMs: 30_000,
      maxOutputBytes: 1e6,
      signal: new AbortController().signal,
      ...settings,
    });
  const read = (name: string) => readFileSync(path(name), 'utf8');
  return { directory, run, read, stdout: () => read('stdout'), stderr: () => read('stderr') };
}

const endings: [how: string, command: string | string[], exitCode: number][] = [
  ['success', 'exit 0', 0],
  ['its own exit code', 'exit 42', 42],
  ['a signal, as shells count it', 'kill -TERM $$', 143],
  ['a program that is not there', ['no-such-program'], 127],
  ['a path that is not there', ['./no/such/path'], 127],
  ['a file that is no program', ['./data'], 126],
  ['a path through a file', ['./data/tool'], 126],
  ['a name that is too long', [`./${'a'.repeat(300)}`], 126],
  ['an argument that is too long for the system', ['/bin/echo', 'x'.repeat(200_000)], 126],
  ['an argument that no program can be given', ['/bin/echo', 'a\0b'], 126],
];

describe('a command', () => {
  it.each(endings)('ends with %s', async (_how, command, exitCode) => {
    expect(await prepare(command).run()).toEqual({ ended: 'exited', exitCode });
  });

  it('may take longer than a timer can count', async () => {
    expect(await prepare('exit 0', { timeoutMs: 99_999_999_000 }).run()).toEqual({ ended: 'exited', exitCode: 0 });
  });

  it('has its output in files, apart', async () => {
    const { run, stdout, stderr } = prepare('echo out; echo err >&2');
    await run();
    expect([stdout(), stderr()]).toEqual(['out\n', 'err\n']);
  });

  it('has exactly the environment that it names', async () => {
    const { run, stdout } = prepare(['/usr/bin/env'], {}, { ONE: '1', TWO: 'zwei drei' });
    await run();
    expect(stdout().trim().split('\n').sort()).toEqual(['ONE=1', 'TWO=zwei drei']);
  });

  it('is found relative to its directory, or by its own PATH', async () => {
    const relative = prepare(['sub/tool'], {}, { PATH: '/usr/bin:/bin' });
    await relative.run();
    expect(relative.stdout()).toBe(`tool in ${relative.directory}/root\n`);
    const byPath = prepare(['sh', '-c', 'echo found'], {}, { PATH: '/nowhere:/bin' });
    await byPath.run();
    expect(byPath.stdout()).toBe('found\n');
  });

  it('says why it could not be started', async () => {
    const { run, stderr } = prepare(['no-such-program']);
    await run();
    expect(stderr()).toContain('"no-such-program" could not be started: ENOENT');
  });

  it('is killed with all its children when its time is over', async () => {
    const { run, stdout } = prepare('sleep 60 & echo $!; sleep 60', { timeoutMs: 300 });
    expect(await run()).toEqual({ ended: 'timeout' });
    const child = Number(stdout());
    await eventually('the child is gone', () => !isAlive(child));
  });

  it('takes what it left in the background with it', async () => {
    const { run, stdout } = prepare('sleep 60 & echo $!');
    expect(await run()).toEqual({ ended: 'exited', exitCode: 0 });
    const child = Number(stdout());
    await eventually('the child is gone', () => !isAlive(child));
  });

  it('is killed when nobody wants it any more, also before it has begun', async () => {
    const controller = new AbortController();
    const { directory, run, stdout } = prepare('echo begun; sleep 60', { signal: controller.signal });
    const running = run();
    await eventually('it has begun', () => existsSync(join(directory, 'stdout')) && stdout() !== '');
    controller.abort();
    expect(await running).toEqual({ ended: 'cancelled' });
    expect(await prepare('sleep 60', { signal: AbortSignal.abort() }).run()).toEqual({ ended: 'cancelled' });
  });

  it('is killed when it writes without end', async () => {
    expect(await prepare('yes', { maxOutputBytes: 10_000 }).run()).toEqual({ ended: 'output-limit' });
  });
});

/** Zombies count as gone: their parent may be slow to ask for them. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
