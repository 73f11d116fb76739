/** A program for tests: what it writes is kept, and time passes only where it waits. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../command.ts';
import { saveContext } from '../context/config.ts';
import { createColors } from '../output/colors.ts';
import { readSettings, type Settings } from '../settings.ts';
import { folders } from './folders.ts';

export interface ProgramDouble extends Program {
  /** A workspace of Bazel, and the home of the user. */
  directory: string;
  stdout(): string;
  stderr(): string;
  /** Called before each sleep ends. */
  onSleep: (() => void) | undefined;
}

export function programDouble(overrides: Partial<Settings> = {}): ProgramDouble {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-cli-'));
  folders.push(directory);
  writeFileSync(join(directory, 'MODULE.bazel'), '');
  let time = Date.UTC(2026, 0, 1);
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isRead: () => true,
    colors: createColors(false),
    interactive: false,
    width: () => 80,
    height: () => 24,
  });
  const env = {
    HOME: directory,
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const program: ProgramDouble = {
    directory,
    settings: {
      ...readSettings({ env, cwd: directory, program: join(directory, 'bbf.mjs'), onTerminal: false }),
      ...overrides,
    },
    terminal: { result: stream('stdout'), notes: stream('stderr'), ask: undefined },
    now: () => time,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      time += milliseconds;
      program.onSleep?.();
      // Lets sockets and timers of the test have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    onSleep: undefined,
  };
  return program;
}

/** Makes the bucket `documents` at `endpoint` the installation that commands talk to. */
export function chooseContext({ settings }: Program, endpoint: string): Promise<void> {
  return saveContext(settings, 'test', { endpoint, region: 'us-east-1', bucket: 'documents', installation: 'bbf' });
}
