/** The local cloud as a process of this machine: whether it runs, starting it, ending it. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

export interface RunningCloud {
  pid: number;
  port: number;
  tasks: TaskKind;
  /** ISO instant. */
  startedAt: string;
}

/** What the local cloud runs for the tasks of ECS. */
export const taskKinds = ['processes', 'docker'] as const;
export type TaskKind = (typeof taskKinds)[number];

/**
 * undefined: none runs on this state. What the file says counts only while the process that it names answers on its port.
 * @throws Failure (unavailable) where that process has the port and does not answer
 */
export async function runningCloud(state: string): Promise<RunningCloud | undefined> {
  const text = await readFile(join(state, 'cloud.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { pid, port, tasks = 'processes', startedAt = '' } = parse(text);
  if (pid === undefined || port === undefined || !isAlive(pid)) return undefined;
  const answers = await answerAt(port);
  if (answers === 'silence' && isOfState(pid, state)) throw hung(pid, port);
  return answers === pid ? { pid, port, tasks, startedAt } : undefined;
}

/** Its id may be another process's by now. Elsewhere than on Linux nobody says. */
function isOfState(pid: number, state: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(state);
  } catch {
    return true;
  }
}

const hung = (pid: number, port: number) =>
  new Failure('unavailable', `the local cloud does not answer: process ${pid} has port ${port}, and says nothing`, {
    next: `kill ${pid}, or kill -9 ${pid} where that does not end it; then bbf local up`,
  });

/** What a cloud says of itself, in its file or on its port. */
function parse(text: string): Partial<RunningCloud> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<RunningCloud>;
  } catch {
    return {};
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** It has ended and only waits for its parent to take note, which in a container may be nobody. Elsewhere than on Linux: false. */
function isZombie(pid: number): boolean {
  try {
    // The state follows the name, which may itself hold blanks and brackets: proc(5).
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** It answers within a millisecond, unless the machine is busy with other things. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Which process says that it is the local cloud on this port; undefined: none, or it is not ready yet. */
export async function pidAt(port: number): Promise<number | undefined> {
  const answer = await answerAt(port);
  return answer === 'silence' ? undefined : answer;
}

function answerAt(port: number): Promise<number | 'silence' | undefined> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/_bbf/health', agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? parse(text).pid : undefined));
      answer.on('error', () => resolve(undefined));
    });
    request.setTimeout(HEALTH_TIMEOUT_MS, () => {
      resolve('silence');
      request.destroy();
    });
    request.on('error', () => resolve(undefined));
  });
}

interface CloudStart {
  program: string;
  state: string;
  port: number;
  tasks: TaskKind;
  environment: NodeJS.ProcessEnv;
  /** The command line that starts it on another port. */
  onPort: (port: number) => string;
}

/** Starts it so that it outlives bbf; its output goes to `cloud.log`. */
export async function startCloud(start: CloudStart): Promise<{ pid: number; exited: () => boolean; log: string }> {
  await refuseUsedPort(start);
  await mkdir(start.state, { recursive: true, mode: 0o700 });
  const log = join(start.state, 'cloud.log');
  const output = await open(log, 'a', 0o600);
  // A bundle of certificates costs each process at its start, and nothing here leaves the machine. The cloud's own clients name their endpoint themselves.
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = start.environment;
  const words = ['--port', String(start.port), '--state', start.state, '--tasks', start.tasks];
  const child = spawn(process.execPath, [start.program, ...words], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: environment,
    cwd: start.state,
  });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  child.unref();
  await output.close();
  return { pid: child.pid ?? 0, exited: () => ended, log };
}

/** @throws Failure (system) */
async function refuseUsedPort({ port, onPort }: Pick<CloudStart, 'port' | 'onPort'>): Promise<void> {
  const probe = net.createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    probe.once('error', resolve);
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
  if (error === undefined) return;
  const pid = error.code === 'EADDRINUSE' ? await pidAt(port) : undefined;
  throw pid === undefined ? portFailure(port, error, onPort) : cloudOfAnotherState(port, pid, onPort);
}

const cloudOfAnotherState = (port: number, pid: number, onPort: CloudStart['onPort']) =>
  new Failure('system', `port ${port} of 127.0.0.1 is used by a local cloud of another state, process ${pid}`, {
    next: `${onPort(port + 1)}; or, where its state is lost, kill ${pid} first`,
  });

function portFailure(port: number, error: NodeJS.ErrnoException, onPort: CloudStart['onPort']): Failure {
  if (error.code === 'EADDRINUSE')
    return new Failure('system', `port ${port} of 127.0.0.1 is used by another program`, {
      next: onPort(port + 1),
    });
  return new Failure('system', `port ${port} of 127.0.0.1 can't be used: ${error.message}`, {
    next: onPort(4599),
  });
}

/** The last lines of the log, for a cloud that did not start. */
export async function logTail(path: string, lines = 5): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines);
}
