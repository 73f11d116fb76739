import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContainerStart, TaskRuntime } from './ports.ts';
import { isAlive, markOf } from './process-mark.ts';
import { createProcessRuntime } from './process-runtime.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function runtimeOf(environment: Record<string, string> = {}) {
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'bbf-tasks-'));
  undo.push(() => rmSync(scratchDirectory, { recursive: true, force: true }));
  const lines: string[] = [];
  const runtime = createProcessRuntime({
    images: { 'bbf/program': [process.execPath, '-e'] },
    environment: { PATH: process.env.PATH, ...environment },
    scratchDirectory,
    appendLog: (group, stream, line) => lines.push(`${group} ${stream} ${line}`),
  });
  undo.push(() => runtime.stop(1_000));
  return { runtime, lines, scratchDirectory };
}

const container = (script: string, more: Partial<ContainerStart> = {}): ContainerStart => ({
  taskId: 'task1',
  containerName: 'main',
  image: 'registry.example:5000/bbf/program:1@sha256:00',
  entryPoint: undefined,
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

function started(runtime: TaskRuntime, start: ContainerStart) {
  let mark: ReturnType<typeof runtime.start>;
  const code = new Promise<number>((resolve) => {
    mark = runtime.start(start, resolve);
  });
  return { code, mark: () => mark };
}

describe('a container as a process', () => {
  it('runs the program of its image with its own environment and logs each line', async () => {
    const { runtime, lines } = runtimeOf({ AWS_SECRET_ACCESS_KEY: 'of the host', NODE_EXTRA_CA_CERTS: '/nowhere' });
    const script = 'console.log(process.env.ONE, Object.keys(process.env).sort().join()); process.exitCode = 7';
    const { code } = started(runtime, container(script, { environment: { ONE: '1' } }));
    expect(await code).toBe(7);
    await expect.poll(() => lines).toEqual(['farm worker/main/task1 1 ONE,PATH,TMPDIR']);
  });

  it('works in a directory of its own, which goes with it', async () => {
    const { runtime, scratchDirectory } = runtimeOf();
    const { code } = started(runtime, container('require("fs").writeFileSync("file", ""); process.stdin.resume()'));
    await expect.poll(() => existsSync(join(scratchDirectory, 'task1-main', 'file'))).toBe(true);
    runtime.signal('task1', 'main', 'SIGTERM');
    expect(await code).toBe(143);
    await expect.poll(() => readdirSync(scratchDirectory)).toEqual([]);
  });

  it('has its stdin open for as long as it runs', async () => {
    const { runtime, lines } = runtimeOf();
    const script = `let stdin = "open"; process.stdin.on("end", () => (stdin = "ended")).resume();
      process.on("SIGTERM", () => { console.log(stdin); process.exit(); }); console.log("up")`;
    const { code } = started(runtime, container(script));
    await expect.poll(() => lines).toEqual(['farm worker/main/task1 up']);
    runtime.signal('task1', 'main', 'SIGTERM');
    await code;
    await expect.poll(() => lines.at(-1)).toBe('farm worker/main/task1 open');
  });

  it('is killed with all that it has started', async () => {
    const { runtime, lines } = runtimeOf();
    const inner = 'setInterval(() => undefined, 1000)';
    const script = `process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000);
      console.log(require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}]).pid)`;
    const { code } = started(runtime, container(script));
    await expect.poll(() => lines).not.toEqual([]);
    const grandchild = markOf(Number(lines[0]?.split(' ').at(-1)));
    runtime.signal('task1', 'main', 'SIGTERM');
    expect(isAlive(grandchild)).toBe(true);
    runtime.signal('task1', 'main', 'SIGKILL');
    expect(await code).toBe(137);
    await expect.poll(() => isAlive(grandchild)).toBe(false);
  });

  it('of an earlier run is ended, but never a process that only has its number', async () => {
    const { runtime } = runtimeOf();
    const { code, mark } = started(runtime, container('process.stdin.resume()'));
    const found = mark()!;
    runtime.reap({ ...found, began: 'at another time' });
    expect(isAlive(found)).toBe(true);
    runtime.reap(found);
    expect(await code).toBe(137);
  });

  it('fails with what is wrong when the image or the program is not there', () => {
    const { runtime } = runtimeOf();
    const problems: (string | undefined)[] = [];
    for (const image of ['nobody/nothing:2', 'bbf/program:2']) runtime.pull(image, (problem) => problems.push(problem));
    expect(problems).toEqual([
      expect.stringMatching(/nobody\/nothing:2: not found.*knows these: bbf\/program/),
      undefined,
    ]);
    const missing = container('', { entryPoint: ['/nowhere/program'] });
    expect(() => runtime.start(missing, () => undefined)).toThrow("/nowhere/program can't be started");
  });

  it('answers health checks by the exit code of the check', async () => {
    const { runtime } = runtimeOf();
    const check = (command: string[]) =>
      new Promise<boolean>((resolve) => {
        runtime.probe({ taskId: 'task1', containerName: 'main', command, environment: {}, timeoutMs: 5_000 }, resolve);
      });
    expect(await check(['/bin/sh', '-c', 'exit 0'])).toBe(true);
    expect(await check(['/bin/sh', '-c', 'exit 1'])).toBe(false);
    expect(await check(['/nowhere/check'])).toBe(false);
  });
});
