import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientWritableStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { newDirectory, removeDirectory } from '../../local/farm/fixtures/temporary.ts';
import { createTestAuthority } from '../../local/farm/fixtures/test-authority.ts';
import { createFarmServer } from '../../local/farm/server/farm-server.ts';
import { digestOf } from '../../local/farm/wire/digest.ts';
import { methodOf } from '../../local/farm/worker/channel.ts';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';
import { askCapabilities, clientOf, portOf, sayPlain, serialAt } from './calls.ts';
import { fourFreePorts, type GatewayStart, type Ports } from './gateway.ts';
import { missingNginx, startGateway } from './gateway-process.ts';

const missing = missingNginx();
if (missing) console.warn(`the life of a gateway is not tested: ${missing}`);

const authority = createTestAuthority('ours');
const other = createTestAuthority('other');
const ADDRESS = '127.0.0.1';

type AtEnd = (close: () => void | Promise<void>) => void;

function folder(atEnd: AtEnd): string {
  const directory = newDirectory();
  atEnd(() => removeDirectory(directory));
  return directory;
}

/** On loopback, with ports of its own, and still without certificates. */
async function gatewayOf(start: Partial<GatewayStart> & Pick<GatewayStart, 'kind'>, atEnd: AtEnd = onTestFinished) {
  const outerPorts = start.outerPorts ?? (await fourFreePorts());
  const innerPorts = start.innerPorts ?? (await fourFreePorts());
  const directory = folder(atEnd);
  const gateway = await startGateway({ directory, address: ADDRESS, ...start, outerPorts, innerPorts });
  atEnd(() => gateway.close());
  /** With these certificates, and beside a worker with a server at `host`. */
  const serves = async (tls: TlsMaterial, host = ADDRESS) => {
    gateway.setTls(tls);
    if (start.kind === 'worker') gateway.setServer(host);
    await vi.waitFor(async () => expect(await sayPlain(gateway.healthPort, '')).toBe('ok\n'), 30_000);
  };
  return { ...gateway, serves, outerPorts, api: `${ADDRESS}:${outerPorts[0]}` };
}

const client = () => authority.issue({ role: 'client' });
const says = (log: () => string, text: string | RegExp) => expect.poll(log).toMatch(text);

/** Says its name to whoever connects, and everything it hears. */
async function namedServer(name: string): Promise<Server> {
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .pipe(socket)
      .write(name),
  );
  onTestFinished(() => void server.close());
  await once(server.listen(0, ADDRESS), 'listening');
  return server;
}

const closings: (() => void | Promise<void>)[] = [];
const atEnd: AtEnd = (close) => void closings.unshift(close);
let uploadsGateway: Awaited<ReturnType<typeof gatewayOf>>;
let upload: ReturnType<typeof slowUpload>;
// It is silent while all else is tested.
beforeAll(async () => {
  if (missing) return;
  const innerPorts = await fourFreePorts();
  const [clientPort, , workerPort] = innerPorts;
  const farm = await createFarmServer({
    cluster: 'main',
    directory: folder(atEnd),
    maxBlobBytes: 1e8,
    plainPorts: { client: clientPort, worker: workerPort },
  });
  atEnd(() => farm.close());
  uploadsGateway = await gatewayOf({ kind: 'server', innerPorts }, atEnd);
  await uploadsGateway.serves(authority.issue({ role: 'server' }));
  upload = slowUpload(uploadsGateway.api, client(), atEnd);
  await upload.begun;
});
afterAll(async () => {
  for (const close of closings) await close();
});

describe.skipIf(missing)('a gateway', () => {
  it('lets those in whose authority it has learned of, while an upload of before goes on', async () => {
    const gateway = uploadsGateway;
    const authorities = authority.certificate + other.certificate;
    gateway.setTls({ ...authority.issue({ role: 'server' }), authorities });
    await says(gateway.log, /certificates are new: nginx reloads/);
    const newcomer = { ...other.issue({ role: 'client' }), authorities };
    await expect.poll(() => askCapabilities(gateway.api, newcomer)).toBe('OK');
  });

  it('waits for its certificates, and says that the build server does not answer', async () => {
    const gateway = await gatewayOf({ kind: 'server' });
    await says(gateway.log, /waits for .*certificate\.pem/);
    gateway.setTls(authority.issue({ role: 'server' }));
    await says(gateway.log, /nginx is process \d+ and serves the server of cluster main/);
    await expect.poll(() => askCapabilities(gateway.api, client())).toMatch(/^14 the build server behind the gateway/);
  });

  it('takes no certificate with the key of another', async () => {
    const gateway = await gatewayOf({ kind: 'server' });
    await gateway.serves(authority.issue({ role: 'server' }));
    const before = await serialAt(gateway.api, client());
    const next = createTestAuthority('next').issue({ role: 'server' });
    gateway.setTls({ certificate: next.certificate });
    await says(gateway.log, /key values mismatch[\s\S]*can not be used yet, the old ones stay/);
    expect(await serialAt(gateway.api, client())).toBe(before);
    gateway.setTls({ key: next.key });
    await says(gateway.log, /the certificate is new/);
    const trustsNext = { ...client(), authorities: next.authorities };
    expect(await serialAt(gateway.api, trustsNext)).not.toBe(before);
  });
});

describe.skipIf(missing)('a gateway that is told to end', () => {
  it('before it had any certificate ends at once', async () => {
    const gateway = await gatewayOf({ kind: 'server' });
    await says(gateway.log, /waits for/);
    gateway.terminate();
    expect(await gateway.exited).toBe(0);
  });

  it('cuts what does not end in time', async () => {
    const quiet = await namedServer('up');
    const innerPorts = [1, portOf(quiet.address()), 1, 1] as const;
    const gateway = await gatewayOf({ kind: 'server', innerPorts, graceSeconds: 1 });
    await gateway.serves(authority.issue({ role: 'server' }));
    const beside = await gatewayOf({ kind: 'worker', outerPorts: gateway.outerPorts });
    await beside.serves(authority.issue({ role: 'worker' }));
    const socket = connect(beside.innerPorts[1], ADDRESS);
    await once(socket, 'data');
    gateway.terminate();
    await once(socket, 'close');
    expect(await gateway.exited).toBe(0);
  });

  it('ends with nginx, which is a failure', async () => {
    const gateway = await gatewayOf({ kind: 'server' });
    await gateway.serves(authority.issue({ role: 'server' }));
    process.kill(Number(/nginx is process (\d+)/.exec(gateway.log())?.[1]), 'SIGTERM');
    expect(await gateway.exited).toBe(1);
    expect(gateway.log()).toMatch(/nginx has ended with code 0/);
  });
});

describe.skipIf(missing)('a worker’s gateway', () => {
  /** Gateway of a server whose Redis says `name`. */
  async function serverNamed(name: string, tls: TlsMaterial, address = ADDRESS, outerPorts?: Ports) {
    const redis = await namedServer(name);
    const innerPorts = [1, portOf(redis.address()), 1, 1] as const;
    const gateway = await gatewayOf({ kind: 'server', innerPorts, address, ...(outerPorts ? { outerPorts } : {}) });
    await gateway.serves(tls);
    return gateway;
  }

  it.each([
    ['another cluster', () => authority.issue({ role: 'server', cluster: 'other' })],
    ['a worker', () => authority.issue({ role: 'worker' })],
    ['a foreign authority', () => ({ ...other.issue({ role: 'server' }), authorities: authority.certificate })],
  ])('does not speak to a server with the certificate of %s', async (_whose, tls) => {
    const { outerPorts } = await serverNamed('impostor', tls());
    const gateway = await gatewayOf({ kind: 'worker', outerPorts });
    await gateway.serves(authority.issue({ role: 'worker' }));
    expect(await sayPlain(gateway.innerPorts[1], '')).toBe('closed');
    await says(gateway.log, /upstream SSL certificate/);
  });

  it('goes where the server has moved', async () => {
    const tls = authority.issue({ role: 'server' });
    const first = await serverNamed('first', tls);
    await serverNamed('second', tls, '127.0.0.2', first.outerPorts);
    const gateway = await gatewayOf({ kind: 'worker', outerPorts: first.outerPorts });
    await gateway.serves(authority.issue({ role: 'worker' }));
    expect(await sayPlain(gateway.innerPorts[1], '')).toBe('first');
    const left = connect(gateway.innerPorts[1], ADDRESS);
    await once(left, 'data');
    gateway.setServer('127.0.0.2');
    await once(left, 'close');
    await expect.poll(() => sayPlain(gateway.innerPorts[1], '')).toBe('second');
  });
});

describe.skipIf(missing)('an upload through a gateway that has new certificates since', () => {
  it('ends well after a silence of more than a minute', { timeout: 120_000 }, () => upload.ended);
});

/** Longer than nginx waits when it isn't told otherwise: a time limit that the configuration forgets ends the upload. */
const SILENCE_MS = 65_000;

/** A blob in two pieces with a long silence between them. */
function slowUpload(endpoint: string, tls: TlsMaterial, atEnd: AtEnd) {
  const client = clientOf(endpoint, tls);
  atEnd(() => client.close());
  const blob = Buffer.alloc(100_000, 'x');
  const { hash, sizeBytes } = digestOf(blob);
  const resourceName = `uploads/00000000-0000-0000-0000-000000000001/blobs/${hash}/${sizeBytes}`;
  const { path, requestSerialize, responseDeserialize } = methodOf('google.bytestream.ByteStream', 'Write');
  let call: ClientWritableStream<object> | undefined;
  const committed = new Promise<number>((resolve, reject) => {
    call = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, (error, answer) =>
      error ? reject(error) : resolve(Number((answer as { committedSize: number }).committedSize)),
    );
  });
  const write = (piece: object) => new Promise<void>((resolve) => call?.write(piece, () => resolve()));
  const ended = (async () => {
    await sleep(SILENCE_MS);
    await write({ resourceName, writeOffset: 50_000, finishWrite: true, data: blob.subarray(50_000) });
    call?.end();
    expect(await committed).toBe(blob.length);
  })();
  const begun = write({ resourceName, writeOffset: 0, finishWrite: false, data: blob.subarray(0, 50_000) });
  const whole = Promise.race([ended, committed.then(() => ended)]);
  // The test that waits for it tells of it.
  whole.catch(() => {});
  ended.catch(() => {});
  return { begun, ended: whole };
}
