/** Tells a process from a later one of the same number, by when it began. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ProcessMark } from './state.ts';

export function markOf(pid: number): ProcessMark {
  return { pid, began: beganAt(pid) ?? 'unknown' };
}

export function isAlive(mark: ProcessMark): boolean {
  return beganAt(mark.pid) === mark.began;
}

/** False for a zombie too: a process that has ended and whose parent, in a container perhaps nobody, has not taken note. */
export function isRunning(pid: number): boolean {
  return beganAt(pid) !== undefined;
}

/** Sends a signal to the whole group that the process leads. A group that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Undefined when there is no such process. */
function beganAt(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Field 22 of proc(5) stat, in ticks since boot. The second field is a name that may hold blanks and brackets. */
function linuxStart(stat: string): string | undefined {
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : rest[18];
}
