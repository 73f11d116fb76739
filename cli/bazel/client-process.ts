/** Which process is Bazel's client: launchers such as Bazelisk start it as a child, and keep to themselves the signals that they get. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { optionalText } from '../optional-text.ts';

/** What bbf has started as Bazel. */
export interface StartedBazel {
  pid: number;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  /** Processes that had its words when they were looked at: a program of `run` is what one of them has become. */
  seen: Set<number>;
}

/** What the system tells of processes; nothing of one that is gone. */
interface ProcessTable {
  children(pid: number): number[];
  /** The words that it was started with, a blank between two. */
  commandLine(pid: number): string;
  /** `NAME=VALUE` each, as it was started. */
  environment(pid: number): string[];
}

/**
 * Process id of Bazel's client, or of the program that it has become, as `run` ends. A launcher hands on the words that it got, which
 * tells the client from what Bazel and its programs start in their turn.
 */
export function bazelClient(started: StartedBazel, table = systemTable()): number {
  let pid = started.pid;
  for (;;) {
    if (isRunProgram(pid, started, table)) return pid;
    const own = table.commandLine(pid);
    // A copy of it that is about to become another program has the same still.
    const others = table.children(pid).filter((child) => table.commandLine(child) !== own);
    const next = others.find((child) => isOnTheWay(child, started, table));
    if (next === undefined) return pid;
    pid = next;
  }
}

/** Whether the client has become the program that `run` has built; false where the system does not tell. */
export const hasBecomeProgram = (started: StartedBazel, table = systemTable()): boolean =>
  isRunProgram(bazelClient(started, table), started, table);

/** A wrapper may have `run` something of its own before: that one never had our words. */
function isOnTheWay(pid: number, started: StartedBazel, table: ProcessTable): boolean {
  const isClient = holdsInOrder(table.commandLine(pid), started.arguments);
  if (isClient) started.seen.add(pid);
  return isClient || isRunProgram(pid, started, table);
}

/** Of what `bazel run` starts: docs of Bazel, "Running executables". */
const RUN_VARIABLE = 'BUILD_WORKSPACE_DIRECTORY';

function isRunProgram(pid: number, { environment, seen, ...started }: StartedBazel, table: ProcessTable): boolean {
  if (pid !== started.pid && !seen.has(pid)) return false;
  const entry = table.environment(pid).find((text) => text.startsWith(`${RUN_VARIABLE}=`));
  // bbf itself may have been started by `run`.
  return entry !== undefined && entry !== `${RUN_VARIABLE}=${environment[RUN_VARIABLE]}`;
}

/** A launcher may add words of its own. */
function holdsInOrder(text: string, words: readonly string[]): boolean {
  const apart = ` ${text} `;
  let at = 0;
  for (const word of words) {
    const found = apart.indexOf(` ${word} `, at);
    if (found === -1) return false;
    at = found + word.length + 1;
  }
  return words.length > 0;
}

const systemTable = (): ProcessTable => (process.platform === 'linux' ? procTable : psTable());

const procTable: ProcessTable = {
  // Each thread has the children that it has started, and Bazelisk's may start one from any.
  children: (pid) =>
    orEmpty(() => readdirSync(`/proc/${pid}/task`)).flatMap((thread) =>
      parts(`/proc/${pid}/task/${thread}/children`, ' ').filter(Boolean).map(Number),
    ),
  commandLine: (pid) => parts(`/proc/${pid}/cmdline`, '\0').join(' '),
  environment: (pid) => parts(`/proc/${pid}/environ`, '\0'),
};

const parts = (file: string, between: string): string[] => optionalText(file).split(between);

function orEmpty(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

/** Of POSIX, which has no way to the environment. */
export function psTable(): ProcessTable {
  const output = orEmpty(() =>
    execFileSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], {
      encoding: 'utf8',
      maxBuffer: PS_BYTES_MAX,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n'),
  );
  const rows = output.map((line) => /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []);
  return {
    children: (pid) => rows.filter(([, , parent]) => Number(parent) === pid).map(([, own]) => Number(own)),
    commandLine: (pid) => rows.find(([, own]) => Number(own) === pid)?.[3] ?? '',
    environment: () => [],
  };
}

/** A machine may have thousands of processes, with thousands of characters each. */
const PS_BYTES_MAX = 64 * 1024 * 1024;
