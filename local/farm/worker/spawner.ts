/**
 * Starts commands through a small resident process. Node forks to start a program, which stops the forking process for
 * as long as its memory is large, and makes each page it writes to afterwards a fault: a worker with connections and
 * caches pays several milliseconds for every action, its spawner less than one, and beside the worker's own work.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CallError, Code } from '../wire/status.ts';
import { type SpawnNews, type SpawnOrder, spawnerSource } from './spawner-program.ts';

export interface Started {
  /** Leader of a process group of its own. */
  pid: number;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface Spawner {
  /** Rejects with an error whose `code` is that of the system when the program can't be started. */
  start(order: Omit<SpawnOrder, 'id'>): Promise<Started>;
  /** Kills what still runs. */
  close(): void;
}

interface Waiting {
  tell(news: SpawnNews): void;
  fail(error: Error): void;
}

/** Little memory is what this process is for. */
const FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=64', '-e', spawnerSource];

function systemError(code: string): Error {
  return Object.assign(new Error(`the command could not be started: ${code}`), { code });
}

class ResidentSpawner implements Spawner {
  #child: ChildProcess | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #orders = 0;

  start(order: Omit<SpawnOrder, 'id'>): Promise<Started> {
    this.#orders += 1;
    const id = this.#orders;
    return new Promise((resolve, reject) => {
      let finish: (end: { code: number | null; signal: NodeJS.Signals | null }) => void = () => {};
      let fail = reject;
      const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((end, broken) => {
        finish = end;
        fail = broken;
      });
      // Whoever waits for the end hears of it; before that there may be nobody.
      ended.catch(() => {});
      this.#waiting.set(id, {
        tell: ({ pid, error, code = null, signal = null }) => {
          if (pid !== undefined) return resolve({ pid, ended });
          this.#waiting.delete(id);
          if (error !== undefined) reject(systemError(error));
          else finish({ code, signal });
        },
        fail: (error) => {
          reject(error);
          fail(error);
        },
      });
      this.#running().stdin?.write(`${JSON.stringify({ id, ...order })}\n`);
    });
  }

  close(): void {
    this.#child?.stdin?.end();
  }

  #running(): ChildProcess {
    if (this.#child) return this.#child;
    const child = spawn(process.execPath, FLAGS, { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const news = JSON.parse(line) as SpawnNews;
      this.#waiting.get(news.id)?.tell(news);
    });
    child.stdin.on('error', () => {});
    child.on('error', () => this.#lost(child));
    child.on('exit', () => this.#lost(child));
    return child;
  }

  /** Its commands' outcomes can't be known any more. The next order starts another one. */
  #lost(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const error = new CallError(Code.INTERNAL, 'the process that starts commands for this worker has ended');
    for (const waiting of this.#waiting.values()) waiting.fail(error);
    this.#waiting.clear();
  }
}

export function createSpawner(): Spawner {
  return new ResidentSpawner();
}
