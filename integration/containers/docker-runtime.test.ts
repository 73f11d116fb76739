import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../local/cloud/ecs/docker-runtime.ts';
import type { ContainerStart, StoppableRuntime } from '../../local/cloud/ecs/ports.ts';
import { BASE_IMAGE } from './engine.ts';
import { expectImagesOfFarm, missingEngine } from './engine-answer.ts';

const directory = mkdtempSync(join(tmpdir(), 'bbf-runtime-'));
/** What says `cloud` to whoever connects. */
const door = { image: 'bbf/task-network', socket: join(directory, 'tasks.sock'), port: 4599 };
const cloud = createServer((connection) => connection.end('cloud\n'));
beforeAll(async () => {
  await once(cloud.listen(door.socket), 'listening');
  expectImagesOfFarm();
});
afterAll(() => {
  cloud.close();
  rmSync(directory, { recursive: true });
});

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

let count = 0;
/** An owner of its own for each, so that tests which run side by side are no leftovers of each other. */
function runtimeOf(owner = `test-${process.pid}-${++count}`) {
  const lines: string[] = [];
  const appendLog = (group: string, stream: string, line: string) => lines.push(`${group} ${stream} ${line}`);
  const runtime = createDockerRuntime({ environment: process.env, owner, door, appendLog });
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
  user: undefined,
  init: false,
  mounts: [],
  log: { group: 'farm', stream: 'worker/main/task1' },
  ...more,
});

/** The address of a new task. */
const opened = (runtime: StoppableRuntime, taskId: string, volumes: string[] = []) =>
  new Promise<string>((resolve, reject) =>
    runtime.open({ taskId, volumes }, ({ address, problem }) =>
      address === undefined ? reject(new Error(problem)) : resolve(address),
    ),
  );
/** The exit code of a container, in a task that is there. */
const exitCode = (runtime: StoppableRuntime, start: ContainerStart) =>
  new Promise<number>((resolve) => void runtime.start(start, resolve));
/** The exit code of the one container of a task. */
async function ended(runtime: StoppableRuntime, start: ContainerStart): Promise<number> {
  await opened(runtime, start.taskId);
  return exitCode(runtime, start);
}
const listed = (owner: string, ...list: string[]) =>
  execFileSync('docker', [...list, '--quiet', `--filter=label=bbf.local-cloud=${owner}`], { encoding: 'utf8' });
const running = (owner: string) => listed(owner, 'ps');
/** Containers that have ended, volumes and networks, too. */
const everything = (owner: string) =>
  [
    ['ps', '--all'],
    ['volume', 'ls'],
    ['network', 'ls'],
  ]
    .map((list) => listed(owner, ...list))
    .join('');

describe.skipIf(missingEngine)('a container of a task', () => {
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

  it('runs as the user of its definition, under an init where that asks for one', async () => {
    const { runtime, lines } = runtimeOf();
    const script = 'echo "$(id -u):$(id -g) $$"';
    expect(await ended(runtime, container(script, { user: '33:34' }))).toBe(0);
    expect(await ended(runtime, container(script, { init: true }))).toBe(0);
    const said = lines.map((line) => line.split(' ').slice(2));
    expect(said).toEqual([
      ['33:34', '1'],
      ['0:0', expect.not.stringMatching(/^1$/)],
    ]);
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
    await opened(runtime, start.taskId);
    const code = exitCode(runtime, start);
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

  it('of an earlier run is removed at the start with all that it had, and nobody else’s', async () => {
    const { runtime, owner } = runtimeOf();
    const other = runtimeOf();
    const codes = [runtime, other.runtime].map(async (one) => {
      const start = container('cat');
      await opened(one, start.taskId, ['run']);
      return exitCode(one, start);
    });
    const both = () =>
      [runtime, other.runtime].map((_, index) => running([owner, other.owner][index] ?? '').split('\n'));
    await expect.poll(() => both().map((ids) => ids.filter(Boolean).length)).toEqual([2, 2]);
    const next = runtimeOf(owner);
    expect([running(owner), listed(owner, 'volume', 'ls')]).toEqual(['', '']);
    expect(await codes[0]).toBe(137);
    expect(running(other.owner)).not.toBe('');
    await next.runtime.stop(0);
    expect(everything(owner)).toBe('');
  });

  it('fails when its program is not there', async () => {
    const { runtime, lines } = runtimeOf();
    expect(await ended(runtime, container('', { entryPoint: ['/nowhere/program'] }))).toBe(127);
    expect(lines.join('\n')).toContain('/nowhere/program');
  });

  it('answers health checks by the exit code of the check inside', async () => {
    const { runtime } = runtimeOf();
    const start = container('touch /inside; cat');
    await opened(runtime, start.taskId);
    void exitCode(runtime, start);
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

describe.skipIf(missingEngine)('a task of containers', () => {
  const taskOf = (containerName: string, of: ContainerStart) => ({ taskId: of.taskId, containerName });
  const listens = 'exec 3<>/dev/tcp/127.0.0.1/4599; cat <&3';

  it('has a loopback of its own, where its containers reach each other and the cloud', async () => {
    const { runtime, lines } = runtimeOf();
    const first = container(`readlink /proc/self/ns/net; ${listens}; cat`);
    await opened(runtime, first.taskId);
    const code = exitCode(runtime, first);
    expect(await exitCode(runtime, container(`readlink /proc/self/ns/net; ${listens}`, taskOf('second', first)))).toBe(
      0,
    );
    const said = () => lines.map((line) => line.split(' ')[2]);
    await expect.poll(said).toHaveLength(4);
    expect(said().filter((word) => word === 'cloud')).toHaveLength(2);
    const spaces = new Set(said().filter((word) => word !== 'cloud'));
    spaces.add(execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' }).trim());
    expect(spaces.size).toBe(2);
    await runtime.stop(0);
    await code;
  });

  it('has an address that this machine and other tasks reach, at any port', async () => {
    const { runtime, lines } = runtimeOf();
    const server = container(`until (exec 3<>/dev/tcp/127.0.0.1/8980) 2> /dev/null; do sleep 0.1; done; echo up; cat`);
    const address = await opened(runtime, server.taskId);
    void exitCode(runtime, server);
    const words = ['TCP-LISTEN:8980,fork', 'EXEC:echo hello'];
    const listener = { ...taskOf('listener', server), image: door.image, entryPoint: undefined, command: words };
    void exitCode(runtime, container('', listener));
    await expect.poll(() => lines.join()).toContain('up');
    const heard = connect(8980, address).setEncoding('utf8');
    expect((await once(heard, 'data'))[0]).toBe('hello\n');
    expect(await ended(runtime, container(`exec 3<>/dev/tcp/${address}/8980; cat <&3`))).toBe(0);
    expect(lines.at(-1)).toMatch(/ hello$/);
  });

  it('shares volumes, which not all may write to, and which go with it', async () => {
    const { runtime, lines, owner } = runtimeOf();
    const mount = (readOnly: boolean) => ({ mounts: [{ volume: 'run', path: '/run/bbf', readOnly }] });
    const writer = container('ls /run/bbf; echo written > /run/bbf/file', mount(false));
    await opened(runtime, writer.taskId, ['run']);
    expect(await exitCode(runtime, writer)).toBe(0);
    const reading = { ...mount(true), ...taskOf('reader', writer) };
    expect(await exitCode(runtime, container('cat /run/bbf/file; echo more > /run/bbf/file', reading))).toBe(1);
    const said = lines.join('\n');
    expect(said).toMatch(/ written$/m);
    expect(said).toMatch(/Read-only file system/);
    runtime.close(writer.taskId);
    await expect.poll(() => listed(owner, 'ps', '--all') + listed(owner, 'volume', 'ls')).toBe('');
  });

  it('that ends while it is made leaves nothing', async () => {
    const { runtime, owner } = runtimeOf();
    const { taskId } = container('');
    const address = opened(runtime, taskId, ['run']);
    runtime.close(taskId);
    await address;
    await expect.poll(() => listed(owner, 'ps', '--all') + listed(owner, 'volume', 'ls')).toBe('');
  });

  it('says why it can not be had', async () => {
    const { runtime } = runtimeOf();
    const { taskId } = container('');
    await opened(runtime, taskId);
    await expect(opened(runtime, taskId)).rejects.toThrow(/is already in use by container/);
  });
});

describe.skipIf(missingEngine)('an image', () => {
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
