import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { createDockerRuntime } from '../../local/cloud/ecs/docker-runtime.ts';
import type { ContainerStart, StoppableRuntime } from '../../local/cloud/ecs/ports.ts';
import { BASE_IMAGE } from './engine.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

let count = 0;
/** An owner of its own for each, so that tests which run side by side are no leftovers of each other. */
function runtimeOf(owner = `test-${process.pid}-${++count}`) {
  const lines: string[] = [];
  const appendLog = (group: string, stream: string, line: string) => lines.push(`${group} ${stream} ${line}`);
  const runtime = createDockerRuntime({ environment: process.env, owner, appendLog });
  undo.push(() => runtime.stop(0));
  return { runtime, lines, owner };
}

const container = (script: string, more: Partial<ContainerStart> = {}): ContainerStart => ({
  taskId: `task${process.pid}n${++count}`,
  containerName: 'main',
  image: BASE_IMAGE,
  entryPoint: ['/bin/bash', '-c'],
  command: [script],
  workingDirectory: undefined,
  environment: {},
  address: '127.16.0.1',
  log: { group: 'farm', stream: 'worker/main/task1' },
  ...more,
});

const ended = (runtime: StoppableRuntime, start: ContainerStart) =>
  new Promise<number>((resolve) => void runtime.start(start, resolve));
const running = (owner: string) =>
  execFileSync('docker', ['ps', '--quiet', `--filter=label=bbf.local-cloud=${owner}`], { encoding: 'utf8' });

describe.skipIf(inject('missingEngine'))('a container of a task', () => {
  it('runs its image with its own environment and logs each line', async () => {
    const { runtime, lines } = runtimeOf();
    const environment = { ONE: 'a b', PATH: '/usr/bin:/bin:/mine' };
    const script = 'echo "$ONE" "$PATH" "$PWD" "$HOME" "$0"; echo two >&2; exit 7';
    const start = container(script, { environment, workingDirectory: '/usr', command: [script, 'zero'] });
    expect(await ended(runtime, start)).toBe(7);
    expect(lines.sort()).toEqual([
      'farm worker/main/task1 a b /usr/bin:/bin:/mine /usr /root zero',
      'farm worker/main/task1 two',
    ]);
  });

  it('reaches this machine by the address of its task', async () => {
    const { runtime, lines } = runtimeOf();
    expect(await ended(runtime, container('cat /proc/net/fib_trie | grep -c 127.0.0.1'))).toBe(0);
    const here = execFileSync('bash', ['-c', 'readlink /proc/self/ns/net'], { encoding: 'utf8' }).trim();
    expect(await ended(runtime, container('readlink /proc/self/ns/net'))).toBe(0);
    expect(lines.at(-1)).toBe(`farm worker/main/task1 ${here}`);
  });

  it('gets SIGTERM and, if it stays, SIGKILL', async () => {
    const { runtime, lines } = runtimeOf();
    const start = container('trap "echo heard" TERM; echo up; while :; do sleep 0.1; done');
    const code = ended(runtime, start);
    await expect.poll(() => lines.join()).toContain('up');
    runtime.signal(start.taskId, 'main', 'SIGTERM');
    await expect.poll(() => lines.join()).toContain('heard');
    runtime.signal(start.taskId, 'main', 'SIGKILL');
    expect(await code).toBe(137);
  });

  it('gets a signal that was sent before the engine knew it', async () => {
    const { runtime } = runtimeOf();
    const start = container('trap "exit 5" TERM; while :; do sleep 0.1; done');
    const code = ended(runtime, start);
    runtime.signal(start.taskId, 'main', 'SIGKILL');
    expect(await code).toBe(137);
  });

  it('keeps its stdin open until the cloud ends', async () => {
    const { runtime, lines, owner } = runtimeOf();
    const code = ended(runtime, container('echo up; cat; echo gone'));
    await expect.poll(() => lines.join()).toContain('up');
    expect(lines.join()).not.toContain('gone');
    await runtime.stop(0);
    await code;
    expect(running(owner)).toBe('');
  });

  it('of an earlier run is removed at the start, and nobody else’s', async () => {
    const { runtime, owner } = runtimeOf();
    const other = runtimeOf();
    const codes = [runtime, other.runtime].map((one) => ended(one, container('cat')));
    await expect
      .poll(() => [running(owner), running(other.owner)])
      .toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
    runtimeOf(owner);
    expect(running(owner)).toBe('');
    expect(await codes[0]).toBe(137);
    expect(running(other.owner)).not.toBe('');
  });

  it('fails when its program is not there', async () => {
    const { runtime, lines } = runtimeOf();
    expect(await ended(runtime, container('', { entryPoint: ['/nowhere/program'] }))).toBe(127);
    expect(lines.join('\n')).toContain('/nowhere/program');
  });

  it('answers health checks by the exit code of the check inside', async () => {
    const { runtime } = runtimeOf();
    const start = container('touch /inside; cat');
    void ended(runtime, start);
    const check = (command: string[]) =>
      new Promise<boolean>((resolve) => {
        const { taskId } = start;
        runtime.probe({ taskId, containerName: 'main', command, environment: {}, timeoutMs: 20_000 }, resolve);
      });
    await expect.poll(() => check(['test', '-e', '/inside'])).toBe(true);
    expect(await check(['test', '-e', '/outside'])).toBe(false);
    expect(await check(['/nowhere/check'])).toBe(false);
  });
});

describe.skipIf(inject('missingEngine'))('an image', () => {
  const pulled = (image: string) => new Promise((resolve) => runtimeOf().runtime.pull(image, resolve));

  it('that is there is not pulled', async () => {
    expect(await pulled(BASE_IMAGE)).toBeUndefined();
  });

  it('that can not be had is named, with what the engine says', async () => {
    expect(await pulled('127.0.0.1:1/nobody/nothing:1')).toMatch(
      /^failed to resolve ref 127\.0\.0\.1:1\/nobody\/nothing:1: .*refused/,
    );
  });
});
