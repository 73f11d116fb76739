/** Containers as processes of this machine, each with a process group, a directory and an open stdin of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ImageTable, imageProblem, programOf } from './image-table.ts';
import type { ContainerStart, StoppableRuntime } from './ports.ts';
import { isAlive, markOf, signalGroup } from './process-mark.ts';

interface ProcessRuntimeOptions {
  images: ImageTable;
  /** What every container inherits, e.g. PATH. */
  environment: Record<string, string | undefined>;
  /** Holds a directory for each running container; emptied when one ends and at the start. */
  scratchDirectory: string;
  appendLog(group: string, stream: string, line: string): void;
}

/** The SDKs of a task must use the task's role, and its Node starts faster without an extra CA bundle. */
const NOT_INHERITED = /^(AWS_|ECS_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$)/;

export function createProcessRuntime(options: ProcessRuntimeOptions): StoppableRuntime {
  const children = new Map<string, ChildProcess>();
  const inherited = Object.entries(options.environment).filter(([name]) => !NOT_INHERITED.test(name));
  removeLeftovers(options.scratchDirectory);
  return {
    // Tasks share this machine's network; volumes are for containers.
    open: (_ground, done) => done({}),
    close: () => undefined,
    pull: (image, done) => done(imageProblem(options.images, image)),
    start(container, exited) {
      const key = keyOf(container.taskId, container.containerName);
      const directory = join(options.scratchDirectory, key.replace('/', '-'));
      mkdirSync(directory, { recursive: true });
      const child = launch(options, container, Object.fromEntries(inherited), directory);
      const pid = child.pid as number;
      children.set(key, child);
      child.once('exit', (code, signal) => {
        children.delete(key);
        // What the program left behind ends with it, as in a container.
        signalGroup(pid, 'SIGKILL');
        void rm(directory, { recursive: true, force: true }).catch(() => undefined);
        exited(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
      });
      return markOf(pid);
    },
    signal(taskId, containerName, signal) {
      const child = children.get(keyOf(taskId, containerName));
      if (child?.pid === undefined) return;
      if (signal === 'SIGKILL') signalGroup(child.pid, signal);
      else child.kill(signal);
    },
    probe({ command, environment, timeoutMs }, done) {
      const [program = '', ...words] = command;
      const env = { ...Object.fromEntries(inherited), ...environment };
      execFile(program, words, { env, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error) => done(error === null));
    },
    reap(mark) {
      if (isAlive(mark)) signalGroup(mark.pid, 'SIGKILL');
    },
    stop: (graceMs) => stopAll([...children.values()], graceMs),
  };
}

const keyOf = (taskId: string, containerName: string) => `${taskId}/${containerName}`;

/** Throws when the program can't be started. */
function launch(
  options: ProcessRuntimeOptions,
  container: ContainerStart,
  inherited: Record<string, string | undefined>,
  directory: string,
): ChildProcess {
  const entry = container.entryPoint?.length ? container.entryPoint : programOf(options.images, container.image);
  const [program = '', ...words] = [...(entry ?? []), ...(container.command ?? [])];
  const child = spawn(program, words, {
    cwd: container.workingDirectory ?? directory,
    env: { ...inherited, TMPDIR: directory, ...container.environment },
    // A group of its own, so that SIGKILL reaches everything the program has started.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Without a listener a program that is not there would end the cloud.
  child.on('error', () => undefined);
  if (child.pid === undefined) {
    throw new Error(
      `${program} can't be started in ${container.workingDirectory ?? directory}: not found or not executable`,
    );
  }
  // Stdin stays open as long as the cloud lives: its end tells the program that the cloud is gone.
  child.stdin?.on('error', () => undefined);
  for (const output of [child.stdout, child.stderr]) {
    if (!output) continue;
    createInterface({ input: output }).on('line', (line) => {
      if (container.log) options.appendLog(container.log.group, container.log.stream, line);
    });
  }
  return child;
}

async function stopAll(children: ChildProcess[], graceMs: number): Promise<void> {
  const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) child.kill('SIGTERM');
  const kill = setTimeout(() => {
    for (const child of children) if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  }, graceMs);
  await Promise.all(ended);
  clearTimeout(kill);
}

/** Directories of an earlier run; task ids never come back, so the new ones are not touched. */
function removeLeftovers(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) {
    void rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
