/** The program of the spawner: a second, very small process that starts commands for the worker. */
import type * as childProcess from 'node:child_process';
import type * as fs from 'node:fs';
import type * as readline from 'node:readline';

/** One line of JSON to the spawner. */
export interface SpawnOrder {
  id: number;
  program: string;
  parameters: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  /** Files, which are created. */
  stdoutPath: string;
  stderrPath: string;
}

/** One line of JSON from the spawner: for each order `pid` and then `code` and `signal`, or `error` alone. */
export interface SpawnNews {
  id: number;
  pid?: number;
  /** Name of a system error. */
  error?: string;
  code?: number | null;
  signal?: NodeJS.Signals | null;
}

interface Modules {
  require(name: 'node:child_process'): typeof childProcess;
  require(name: 'node:fs'): typeof fs;
  require(name: 'node:readline'): typeof readline;
}

/** Given to the child as text, so it may use nothing from outside its own body. */
function spawnerMain(require: Modules['require']): void {
  const { spawn } = require('node:child_process');
  const { openSync, closeSync } = require('node:fs');
  const { createInterface } = require('node:readline');
  const groups = new Set<number>();
  const tell = (news: SpawnNews) => process.stdout.write(`${JSON.stringify(news)}\n`);

  const start = (order: SpawnOrder) => {
    const { id, program, parameters, environment, workingDirectory } = order;
    const outputs = [openSync(order.stdoutPath, 'w'), openSync(order.stderrPath, 'w')] as const;
    let child: childProcess.ChildProcess;
    try {
      child = spawn(program, parameters, {
        cwd: workingDirectory,
        env: environment,
        detached: true,
        stdio: ['ignore', ...outputs],
      });
    } finally {
      for (const output of outputs) closeSync(output);
    }
    const { pid } = child;
    child.on('error', (error: NodeJS.ErrnoException) => tell({ id, error: error.code ?? error.message }));
    if (pid === undefined) return;
    groups.add(pid);
    tell({ id, pid });
    child.on('exit', (code, signal) => {
      groups.delete(pid);
      tell({ id, code, signal });
    });
  };

  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const order = JSON.parse(line) as SpawnOrder;
    try {
      start(order);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      tell({ id: order.id, error: code ?? message });
    }
  });
  // The worker is gone, however it ended: nobody will take the results.
  lines.on('close', () => {
    for (const pid of groups) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }
    process.exit(0);
  });
}

/** For `node -e`. Compilers that keep the names of functions wrap them in calls of `__name`, which the text then needs. */
export const spawnerSource = `const __name=(made)=>made;(${spawnerMain.toString()})(require)`;
