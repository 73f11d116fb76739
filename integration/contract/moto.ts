/** moto, an imitation of AWS by others: installed by the tests into a cache of their own, started as a process on a free port. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { cleanEnvironment } from '../installation.ts';
import { pythonWith } from '../python.ts';
import { sdkClients } from './harness.ts';
import { matchesByDelivery } from './moto-matching.ts';
import type { Target } from './target.ts';

/** The differences are those of this version; another one needs another look. */
export const MOTO_VERSION = '5.2.3';
const MOTO = `moto[server]==${MOTO_VERSION}`;

const START_LIMIT_MS = 60_000;
const ENVIRONMENT = {
  // The local cloud's, so that ARNs can be compared.
  MOTO_ACCOUNT_ID: '000000000000',
  // What it says at its start must come before its end does.
  PYTHONUNBUFFERED: '1',
  // One run is like the other: Python's sets have one order, and no machine has a Docker to run functions in.
  PYTHONHASHSEED: '0',
  DOCKER_HOST: 'unix:///dev/null',
  // It would make some hundred images of machines after each reset; no case asks for one.
  MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
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

/** @throws NoPython where Python, its venv module or the package index is out of reach */
export async function startMoto(): Promise<Moto> {
  const python = await pythonWith(MOTO, 'The contract is not compared with moto');
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
