/** A whole bbf on this machine for a test, demo or benchmark: a local cloud of its own, set up, in folders of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { bbfProgram } from './programs.ts';

export interface Run {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Called once, right after the start. */
  started?: (child: ChildProcess) => void;
  /** Called with each piece of output. */
  output?: (text: string) => void;
}

export interface Installation {
  directory: string;
  port: number;
  env: Record<string, string>;
  bbf(args: string[], options?: RunOptions): Promise<Run>;
  /** Ends the cloud and all that it runs, and removes the folders. */
  stop(): Promise<void>;
}

/** The environment of a child: ours, but for settings that would reach beyond the test. */
export function cleanEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const dropped = /^(AWS_|BBF_|XDG_|NODE_EXTRA_CA_CERTS$|NODE_OPTIONS$|VITEST|CI$|NO_COLOR$|FORCE_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !dropped.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra };
}

export function run(
  command: string,
  args: string[],
  options: RunOptions & { env: Record<string, string> },
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.output?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.output?.(text);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    options.started?.(child);
  });
}

/** Folders and environment of an installation that is not up yet. */
export async function newInstallation(directory = mkdtempSync(join(tmpdir(), 'bbf-'))): Promise<Installation> {
  const [port = 0] = await freePorts(1);
  const folder = (name: string) => join(directory, name);
  const env = cleanEnvironment({
    HOME: folder('home'),
    XDG_CONFIG_HOME: folder('config'),
    XDG_CACHE_HOME: folder('cache'),
    XDG_STATE_HOME: folder('state'),
    XDG_DATA_HOME: folder('data'),
  });
  const bbf: Installation['bbf'] = (args, options = {}) =>
    run(process.execPath, [bbfProgram, ...args], { ...options, env: { ...env, ...options.env } });
  const stop = async () => {
    await bbf(['local', 'down']);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  return { directory, port, env, bbf, stop };
}

/** An installation whose local cloud runs and is set up. */
export async function startInstallation(): Promise<Installation> {
  const installation = await newInstallation();
  await expectSuccess(installation.bbf(['local', 'up', `--port=${installation.port}`])).catch(
    async (error: unknown) => {
      await installation.stop();
      throw error;
    },
  );
  return installation;
}

/** @throws with the whole output of a run that failed */
export async function expectSuccess(promise: Promise<Run>): Promise<Run> {
  const result = await promise;
  if (result.code === 0) return result;
  throw new Error(`exit ${result.code ?? result.signal}\n${result.stdout}\n${result.stderr}`);
}

/** Looks every 50 ms until `look` gives a value; the deadline is there for failures only. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 120_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${limitMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
