/** moto, an imitation of AWS by others: installed by the tests into a cache of their own, started as a process on a free port. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../installation.ts';
import { sdkClients } from './harness.ts';
import { matchesByDelivery } from './moto-matching.ts';
import type { Target } from './target.ts';

/** The differences are those of this version; another one needs another look. */
export const MOTO_VERSION = '5.2.3';
const MOTO = `moto[server]==${MOTO_VERSION}`;

const START_LIMIT_MS = 60_000;
const INSTALL_LIMIT_MS = 180_000;
/** Git, Biome and vitest all pass it by. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/bbf-tests');
const ENVIRONMENT = {
  // The local cloud's, so that ARNs can be compared.
  MOTO_ACCOUNT_ID: '000000000000',
  // What it says at its start must come before its end does.
  PYTHONUNBUFFERED: '1',
  // One run is like the other: Python's sets have one order, and no machine has a Docker to run functions in.
  PYTHONHASHSEED: '0',
  DOCKER_HOST: 'unix:///dev/null',
};
/** Ends with its standard input, so that it outlives nobody who started it, however they end. */
const SERVER = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main()`;

export interface Moto {
  /** The same moto with everything in it forgotten. */
  empty(): Promise<Target>;
  stop(): Promise<void>;
}

/** Why there is no moto, in one line that says how to get it. */
export class NoMoto extends Error {
  override name = 'NoMoto';
}

/** @throws NoMoto where Python, its venv module or the package index is out of reach */
export async function startMoto(): Promise<Moto> {
  const python = join(await environment(), 'bin', 'python');
  const env = cleanEnvironment(ENVIRONMENT);
  const args = ['-c', SERVER, '-H', '127.0.0.1', '-p', '0'];
  const child = spawn(python, args, { env, stdio: ['pipe', 'ignore', 'pipe'] });
  const endpoint = await endpointOf(child);
  const clients = sdkClients({ endpoint, credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' } });
  return {
    async empty() {
      const answer = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
      if (!answer.ok) throw new Error(`moto answered ${answer.status} to a reset: ${await answer.text()}`);
      const matches: Target['matches'] = (pattern, event) => matchesByDelivery(clients, pattern, event);
      // moto works before it answers: what is not there by then does not come.
      return { ...clients, now: Date.now, settled: (read) => read(), matches };
    },
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

/** Reads what moto writes for as long as it lives, as a full pipe would stop it; the first lines say where it listens. */
function endpointOf(child: ChildProcessByStdio<Writable, null, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const limit = setTimeout(
      () => fail(`did not say within ${START_LIMIT_MS / 1000} s where it listens`),
      START_LIMIT_MS,
    );
    const fail = (what: string) => {
      clearTimeout(limit);
      child.kill('SIGKILL');
      reject(new Error(`moto ${what}; it wrote: ${text}`));
    };
    child.on('error', (error) => fail(`could not be started: ${error.message}`));
    child.on('exit', (code) => fail(`ended with ${code} at its start`));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text = `${text}${piece}`.slice(0, 10_000);
      const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(limit);
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}

/** The folder of the virtual environment, made at its first use. */
async function environment(): Promise<string> {
  const directory = join(CACHE, MOTO.replace(/[^\w.]+/g, '-'));
  const works = () => existsSync(join(directory, 'bin', 'python'));
  if (works()) return directory;
  mkdirSync(CACHE, { recursive: true });
  // Whole or not at all: this run may be ended in its middle, and another one may be at the same.
  const unfinished = mkdtempSync(`${directory}-unfinished-`);
  try {
    await install(unfinished);
    // What is left of one whose Python has gone is in the way.
    if (!works()) rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!works()) throw error;
  }
  return directory;
}

async function install(directory: string): Promise<void> {
  const env = cleanEnvironment({ PIP_DISABLE_PIP_VERSION_CHECK: '1' });
  const step = async (program: string, args: string[], missing: string) => {
    await promisify(execFile)(program, args, { env, timeout: INSTALL_LIMIT_MS }).catch((error) => {
      throw new NoMoto(
        `The contract is not compared with moto: ${missing} (${program} ${args.slice(0, 3).join(' ')}: ${lastLineOf(error)})`,
      );
    });
  };
  await step('python3', ['-m', 'venv', directory], 'it needs Python 3 with venv: apt-get install python3-venv');
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '15', MOTO];
  await step(join(directory, 'bin', 'python'), pip, `it needs ${MOTO} from pip's package index, which is out of reach`);
}

function lastLineOf({ stderr, stdout, message }: { stderr?: string; stdout?: string; message: string }): string {
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n');
  return lines.at(-1) || message;
}
