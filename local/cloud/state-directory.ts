/** The directory of a running local cloud: who holds it, where it answers, and the keys that people use. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { isRunning } from './ecs/process-mark.ts';

/** Another process uses the directory. */
export class StateHeld extends Error {
  constructor(directory: string, pid: number) {
    super(
      `A local cloud (process ${pid}) already runs on ${directory}. Stop it first, or name another directory with --state.`,
    );
    this.name = 'StateHeld';
  }
}

/** Others could read the keys in it, or put their own in their place. */
export class StateShared extends Error {
  constructor(directory: string, why: string) {
    super(
      `${directory} ${why}, and the local cloud's keys would lie in it. Name a directory of your own with --state.`,
    );
    this.name = 'StateShared';
  }
}

interface StateDirectory {
  /** Says where the cloud answers and what its tasks are (`cloud.json`), and with which keys (`credentials`). */
  publish(port: number, tasks: string, key: { accessKeyId: string; secretAccessKey: string }, region: string): void;
  release(): void;
}

/** A process that has just taken the directory may not answer yet. */
const STARTING_MS = 10_000;
/** It answers within a millisecond, unless the machine is busy with other things. */
const HEALTH_TIMEOUT_MS = 5_000;
const PROFILE = 'bbf-local';

/** Takes the directory for this process; throws `StateHeld` or `StateShared`. What a dead process left behind does not count. */
export async function holdStateDirectory(directory: string): Promise<StateDirectory> {
  makePrivate(directory);
  const lock = join(directory, 'lock.json');
  const cloud = join(directory, 'cloud.json');
  const startedAt = new Date().toISOString();
  const take = () => writeFileSync(lock, JSON.stringify({ pid: process.pid, startedAt }), { flag: 'wx', mode: 0o600 });
  try {
    take();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = await liveHolder(lock, cloud);
    if (holder !== undefined) throw new StateHeld(directory, holder);
    rmSync(lock, { force: true });
    take();
  }
  return {
    publish(port, tasks, key, region) {
      replace(join(directory, 'credentials'), credentialsFile(key, region));
      replace(cloud, JSON.stringify({ pid: process.pid, port, tasks, startedAt }));
    },
    release() {
      rmSync(cloud, { force: true });
      rmSync(lock, { force: true });
    },
  };
}

/** One that people name may be there, and open. The sticky bit is of those that are meant for everybody, as /tmp is. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(directory);
  if (uid !== process.getuid?.()) throw new StateShared(directory, `belongs to another user (${uid})`);
  if ((mode & 0o1000) !== 0)
    throw new StateShared(directory, `is shared with others (mode ${(mode & 0o7777).toString(8)})`);
  if ((mode & 0o077) !== 0) chmodSync(directory, 0o700);
}

/** Ids of processes come back: one that is alive holds the directory only if it answers, or can't do so yet. */
async function liveHolder(lock: string, cloud: string): Promise<number | undefined> {
  const { pid, startedAt } = readJson<{ pid: number; startedAt: string }>(lock) ?? {};
  if (pid === undefined || pid === process.pid || !isRunning(pid)) return undefined;
  if (Date.now() - Date.parse(startedAt ?? '') < STARTING_MS) return pid;
  const { port } = readJson<{ port: number }>(cloud) ?? {};
  return port !== undefined && (await pidAt(port)) === pid ? pid : undefined;
}

/** Which process says that it is the local cloud on this port. */
function pidAt(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/_bbf/health', timeout: HEALTH_TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(pidIn(text)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function pidIn(text: string): number | undefined {
  try {
    return (JSON.parse(text) as { pid?: number }).pid;
  } catch {
    return undefined;
  }
}

function readJson<T>(file: string): Partial<T> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<T>;
  } catch {
    return undefined;
  }
}

function credentialsFile(key: { accessKeyId: string; secretAccessKey: string }, region: string): string {
  const lines = [
    `[${PROFILE}]`,
    `aws_access_key_id = ${key.accessKeyId}`,
    `aws_secret_access_key = ${key.secretAccessKey}`,
  ];
  return `${[...lines, `region = ${region}`].join('\n')}\n`;
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
