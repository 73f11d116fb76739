import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TlsMaterial } from '../../../duties/tls-material.ts';
import { newDirectory, removeDirectory } from '../fixtures/temporary.ts';
import { createTestAuthority, type Names } from '../fixtures/test-authority.ts';
import { Code } from '../wire/status.ts';
import { type Channel, methodOf, openChannel } from '../worker/channel.ts';
import { createFarmServer, type FarmServer } from './farm-server.ts';
import { STREAM_WINDOW_BYTES } from './http2-windows.ts';

const authority = createTestAuthority('ours');
const foreign = createTestAuthority('foreign');
const directory = newDirectory();
let server: FarmServer;
const channels: Channel[] = [];

beforeAll(async () => {
  const tls = authority.issue({ role: 'server' });
  server = await createFarmServer({
    address: '127.0.0.1',
    port: 0,
    cluster: 'main',
    tls,
    directory,
    maxBlobBytes: 1e8,
  });
});
afterAll(async () => {
  for (const channel of channels) channel.close();
  await server.close();
  await removeDirectory(directory);
});

function open(tls: TlsMaterial): Channel {
  const channel = openChannel(`127.0.0.1:${server.port}`, 'main', tls);
  channels.push(channel);
  return channel;
}

const reapi = 'build.bazel.remote.execution.v2';
const calls = {
  capabilities: (channel: Channel) => channel.unary(methodOf(`${reapi}.Capabilities`, 'GetCapabilities'), {}),
  blobs: (channel: Channel) => channel.unary(methodOf(`${reapi}.ContentAddressableStorage`, 'FindMissingBlobs'), {}),
  finish: (channel: Channel) => channel.unary(methodOf('bbf.farm.v1.Workers', 'Finish'), { worker: 'me' }),
  execute: async (channel: Channel) => {
    for await (const answer of channel.answers<object>(methodOf(`${reapi}.Execution`, 'Execute'), {})) return answer;
    return undefined;
  },
};

/** Resolves to the protocol once the server has spoken HTTP/2 to us, or to the error with which it would not. */
function handshake(tls: Partial<TlsMaterial>): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: server.port,
      ca: authority.certificate,
      ...(tls.key && { key: tls.key, cert: tls.certificate }),
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    // TLS 1.3 refuses a client's certificate after the handshake, so it takes a byte of HTTP/2 to know.
    socket.once('data', () => {
      resolve(String(socket.alpnProtocol));
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve('closed'));
  });
}

describe('the port of the farm', () => {
  const refusals: [who: string, tls: () => Partial<TlsMaterial>, how: RegExp][] = [
    ['nobody without a certificate', () => ({}), /CERTIFICATE_REQUIRED|ECONNRESET|closed/],
    ['no certificate of a foreign authority', () => foreign.issue({ role: 'client' }), /UNKNOWN_CA|ECONNRESET|closed/],
    [
      'no certificate that has expired',
      () => authority.issue({ role: 'client', expired: true }),
      /CERTIFICATE_EXPIRED|ECONNRESET|closed/,
    ],
  ];
  it.each(refusals)('lets %s in', async (_who, tls, how) => {
    expect(await handshake(tls())).toMatch(how);
  });

  it('lets a certificate of its authority in', async () => {
    expect(await handshake(authority.issue({ role: 'client' }))).toBe('h2');
  });

  it('gives every stream a large window', async () => {
    const { key, certificate } = authority.issue({ role: 'client' });
    const ca = authority.certificate;
    const options = { key, cert: certificate, ca, checkServerIdentity: () => undefined };
    const session = connectHttp2(`https://127.0.0.1:${server.port}`, options);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(session.remoteSettings.initialWindowSize).toBe(STREAM_WINDOW_BYTES);
    session.destroy();
  });
});

const OK = 'OK';
const DENIED = Code.PERMISSION_DENIED;
const permissions: [names: Names, capabilities: unknown, blobs: unknown, execute: unknown, finish: unknown][] = [
  [{ role: 'client' }, OK, OK, Code.INVALID_ARGUMENT, DENIED],
  [{ role: 'worker' }, DENIED, OK, DENIED, OK],
  [{ role: 'server' }, DENIED, DENIED, DENIED, DENIED],
  [{ role: 'client', cluster: 'other' }, DENIED, DENIED, DENIED, DENIED],
  [{ role: 'worker', cluster: 'other' }, DENIED, DENIED, DENIED, DENIED],
];

describe('what a role may call', () => {
  it.each(permissions)('%o', async (names, capabilities, blobs, execute, finish) => {
    const channel = open(authority.issue(names));
    const outcome = (call: (channel: Channel) => Promise<unknown>) =>
      call(channel).then(
        () => OK,
        (error) => error.code,
      );
    const seen = await Promise.all([calls.capabilities, calls.blobs, calls.execute, calls.finish].map(outcome));
    expect(seen).toEqual([capabilities, blobs, execute, finish]);
  });
});

describe('new certificates of a running server', () => {
  it('are used for new connections, while old ones go on', async () => {
    const before = open(authority.issue({ role: 'client' }));
    await calls.capabilities(before);
    server.setTls(foreign.issue({ role: 'server' }));
    await calls.capabilities(before);
    await calls.capabilities(open(foreign.issue({ role: 'client' })));
    const mixed = { ...authority.issue({ role: 'client' }), authorities: foreign.certificate };
    await expect(calls.capabilities(open(mixed))).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    server.setTls(authority.issue({ role: 'server' }));
    await calls.capabilities(open(authority.issue({ role: 'client' })));
  });
});

describe('a client of the farm', () => {
  it('refuses a server whose certificate is for something else', async () => {
    server.setTls(authority.issue({ role: 'worker' }));
    await expect(calls.capabilities(open(authority.issue({ role: 'client' })))).rejects.toThrow(/role worker/);
    server.setTls(authority.issue({ role: 'server', cluster: 'other' }));
    await expect(calls.capabilities(open(authority.issue({ role: 'client' })))).rejects.toThrow(/cluster other/);
    server.setTls(authority.issue({ role: 'server' }));
  });
});
