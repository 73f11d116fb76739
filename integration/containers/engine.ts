/** Set-up of the container tests, beside whatever else is tested: a Docker engine, started here if need be, the base image, and the farm's own; or one line on what is missing. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { missingBuildfarm } from './buildfarm-images.ts';
import { buildImagesOfFarm } from './farm-images.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A file that is there once the set-up is over; `engine-answer.ts` reads it. */
    engineAnswer: string;
  }
}

/** Each is empty where nothing is amiss. */
export interface EngineAnswer {
  /** Why no container can be tested here. */
  missingEngine: string;
  /** Why Buildfarm itself can't be tested here. */
  missingBuildfarm: string;
  /** Why there are no images of the farm, which is a failure of the tests that run them. */
  notBuilt: string;
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

/** Vitest calls it once, before the first test of the project, and what it returns after the last. Tests of other projects do not wait for it: a machine without the base image takes minutes. */
export default function setUp(project: TestProject): Stop {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-engine-'));
  const file = join(directory, 'answer.json');
  const prepared = prepare().then(({ stop, answer }) => {
    writeFileSync(`${file}.next`, JSON.stringify(answer));
    renameSync(`${file}.next`, file);
    return stop;
  });
  project.provide('engineAnswer', file);
  return async () => {
    await (await prepared)();
    rmSync(directory, { recursive: true, force: true });
  };
}

async function prepare(): Promise<{ stop: Stop; answer: EngineAnswer }> {
  const engine = await findEngine();
  const stop = typeof engine === 'string' ? async () => {} : engine;
  const lacking = typeof engine === 'string' ? engine : await missingBase();
  if (lacking) console.warn(`no container is tested: ${lacking}`);
  const lackingBuildfarm = lacking ?? (await missingBuildfarm());
  if (lackingBuildfarm) console.warn(`Buildfarm itself is not tested: ${lackingBuildfarm}`);
  const notBuilt = lacking ? '' : await buildImagesOfFarm();
  return { stop, answer: { missingEngine: lacking ?? '', missingBuildfarm: lackingBuildfarm ?? '', notBuilt } };
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
