/** A container registry of Debian's package `docker-registry` on a port of this machine, behind a door that asks for a name and a password as ECR's does. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../free-ports.ts';
import { until } from '../installation.ts';

const PROGRAM = 'docker-registry';
/** Docker's kind and the Open Container Initiative's; without them a registry answers with one of the images. */
const INDEXES = [
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.index.v1+json',
];

/** What to install, where there is none. */
export function missingRegistry(): string {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return `${PROGRAM} is not installed (apt-get install ${PROGRAM})`;
  }
}

export type Registry = Awaited<ReturnType<typeof startRegistry>>;

export async function startRegistry() {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-registry-'));
  const [port = 0] = await freePorts(1);
  const door = await openDoor(port);
  const configuration = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(directory, 'images') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  const file = join(directory, 'configuration.yml');
  writeFileSync(file, JSON.stringify(configuration));
  const registry = spawn(PROGRAM, ['serve', file], { stdio: 'ignore' });
  const ended = once(registry, 'exit');
  const ask = (path: string, headers: Record<string, string>) => fetch(`${door.url}/v2/${path}`, { headers });
  const answers = async () => (await ask('', { Authorization: 'Basic any' })).status === 200;
  await until('the registry answers', async () => (await answers()) || undefined);
  return {
    url: door.url,
    host: new URL(door.url).host,
    /** Names and passwords that were shown, `NAME:PASSWORD`. */
    shown: door.shown,
    /** What it has under a tag or digest, or the status that it refuses with. */
    async manifest(repository: string, reference: string) {
      const headers = { Authorization: 'Basic any', Accept: 'application/vnd.docker.distribution.manifest.v2+json' };
      const answer = await ask(`${repository}/manifests/${reference}`, headers);
      return { status: answer.status, digest: answer.headers.get('docker-content-digest') };
    },
    /** Machines that an index there has images for; attestations would be among them as `unknown/unknown`. */
    async platforms(repository: string, reference: string): Promise<string[]> {
      const headers = { Authorization: 'Basic any', Accept: INDEXES.join(',') };
      const index = await (await ask(`${repository}/manifests/${reference}`, headers)).json();
      const { manifests = [] } = index as { manifests?: { platform: { os: string; architecture: string } }[] };
      return manifests.map(({ platform: { os, architecture } }) => `${os}/${architecture}`);
    },
    anonymous: async () => (await ask('', {})).status,
    async close() {
      door.close();
      registry.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** ECR asks for HTTP's basic authentication (ECR User Guide, "Private registry authentication"). Any password opens. */
async function openDoor(port: number) {
  const shown = new Set<string>();
  const server = createServer((asked, answer) => {
    const { authorization } = asked.headers;
    if (authorization === undefined) {
      answer.writeHead(401, {
        'www-authenticate': 'Basic realm="bbf"',
        'docker-distribution-api-version': 'registry/2.0',
      });
      answer.end();
      return;
    }
    shown.add(Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString('utf8'));
    const { method, url: path, headers } = asked;
    const onwards = request({ host: '127.0.0.1', port, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    onwards.on('error', () => answer.writeHead(502).end());
    asked.pipe(onwards);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
