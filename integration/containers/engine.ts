/** Set-up of the container tests: a Docker engine, started here if need be, and the base image; or one line on what is missing. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { missingBuildfarm } from './buildfarm-images.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why no container can be tested here; empty when they can. */
    missingEngine: string;
    /** Why Buildfarm itself can't be tested here; empty when it can. */
    missingBuildfarm: string;
  }
}

export const BASE_IMAGE = 'debian:bookworm-slim';

const run = promisify(execFile);
const succeeds = (command: string, args: string[], timeoutMs = 20_000) =>
  run(command, args, { timeout: timeoutMs }).then(
    () => true,
    () => false,
  );
const answers = () => succeeds('docker', ['version']);
const ENGINE_START_MS = 60_000;
const PULL_MS = 60_000;

type Stop = () => Promise<void>;

/** Vitest calls it once, before the first test of the project, and what it returns after the last. */
export default async function setUp(project: TestProject): Promise<Stop | undefined> {
  const engine = await findEngine();
  const missing = typeof engine === 'string' ? engine : await missingBase();
  if (missing) console.warn(`no container is tested: ${missing}`);
  project.provide('missingEngine', missing ?? '');
  const lacking = missing ?? (await missingBuildfarm());
  if (lacking) console.warn(`Buildfarm itself is not tested: ${lacking}`);
  project.provide('missingBuildfarm', lacking ?? '');
  return typeof engine === 'string' ? undefined : engine;
}

/** How to end the engine, which is nothing for one that was there, or why there is none. */
async function findEngine(): Promise<Stop | string> {
  if (!(await succeeds('docker', ['--version']))) return 'Docker is not installed (apt-get install docker.io)';
  if (await answers()) return async () => {};
  if (process.getuid?.() !== 0) return 'no Docker engine answers, and only root may start one';
  if (!(await succeeds('dockerd', ['--version']))) return 'no Docker engine answers, and dockerd is not installed';
  return startEngine();
}

async function startEngine(): Promise<Stop | string> {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-dockerd-'));
  const logFile = join(directory, 'log');
  const log = openSync(logFile, 'a');
  const engine = spawn('dockerd', [], { stdio: ['ignore', log, log] });
  const ended = once(engine, 'exit');
  const deadline = Date.now() + ENGINE_START_MS;
  while (!(await answers())) {
    const hasEnded = engine.exitCode !== null || engine.signalCode !== null;
    if (!hasEnded && Date.now() < deadline) {
      await sleep(200);
      continue;
    }
    engine.kill('SIGTERM');
    await ended;
    return `dockerd can't run here: ${readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1)}`;
  }
  return async () => {
    engine.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
}

/** The base is pulled, or else made of Debian's packages; either way the engine keeps it. */
async function missingBase(): Promise<string | undefined> {
  if (await succeeds('docker', ['image', 'inspect', BASE_IMAGE])) return undefined;
  if (await succeeds('docker', ['pull', '--quiet', BASE_IMAGE], PULL_MS)) return undefined;
  const why = `${BASE_IMAGE} can't be pulled`;
  if (process.getuid?.() !== 0) return `${why}, and only root may make it`;
  if (!existsSync('/usr/sbin/debootstrap')) return `${why}, and debootstrap is not installed to make it`;
  const directory = mkdtempSync(join(tmpdir(), 'bbf-debian-'));
  try {
    console.warn(`${why}: it is made of Debian's packages, which takes a minute once`);
    await run('debootstrap', ['--variant=minbase', 'bookworm', directory], { maxBuffer: 64 * 1024 * 1024 });
    const pack = `tar -C "$1" --exclude=./var/cache/apt/archives --exclude=./var/lib/apt/lists -c . | docker import --change 'CMD ["bash"]' - "$2"`;
    await run('bash', ['-o', 'pipefail', '-c', pack, 'bash', directory, BASE_IMAGE]);
    return undefined;
  } catch (error) {
    return `${why}, nor made by debootstrap: ${(error as Error).message.split('\n')[0]}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
