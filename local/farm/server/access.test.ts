import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateRole } from '../../../reconciler/access/caller.ts';
import type { TlsMaterial } from '../../../reconciler/access/tls-material.ts';
import { newDirectory, removeDirectory } from '../fixtures/temporary.ts';
import { createTestAuthority } from '../fixtures/test-authority.ts';
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
const roles: CertificateRole[] = ['client', 'server', 'worker'];
const capabilities = (channel: Channel) => channel.unary(methodOf(`${reapi}.Capabilities`, 'GetCapabilities'), {});

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
  it('lets nobody without a certificate in', async () => {
    expect(await handshake({})).toMatch(/CERTIFICATE_REQUIRED|ECONNRESET|closed/);
  });

  it.each(roles)('lets no %s of a foreign authority in', async (role) => {
    expect(await handshake(foreign.issue({ role }))).toMatch(/UNKNOWN_CA|ECONNRESET|closed/);
  });

  it.each(roles)('lets no %s in whose certificate has expired', async (role) => {
    expect(await handshake(authority.issue({ role, expired: true }))).toMatch(/CERTIFICATE_EXPIRED|ECONNRESET|closed/);
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

/** Who may call what; everything else is denied. */
const permissions: [service: string, methods: string[], who: CertificateRole[]][] = [
  [`${reapi}.Capabilities`, ['GetCapabilities'], ['client']],
  [
    `${reapi}.ContentAddressableStorage`,
    ['FindMissingBlobs', 'BatchUpdateBlobs', 'BatchReadBlobs', 'GetTree'],
    ['client', 'worker'],
  ],
  ['google.bytestream.ByteStream', ['Read', 'Write', 'QueryWriteStatus'], ['client', 'worker']],
  [`${reapi}.ActionCache`, ['GetActionResult', 'UpdateActionResult'], ['client']],
  [`${reapi}.Execution`, ['Execute', 'WaitExecution'], ['client']],
  ['bbf.farm.v1.Workers', ['Synchronize', 'Finish'], ['worker']],
];
const methods = permissions.flatMap(([service, names, who]) => names.map((name) => ({ service, name, who })));

/** A poll of a worker stays open, which tells that it was let in; everything else answers, though late on a busy machine. */
const answerWithinMs = (name: string) => (name === 'Synchronize' ? 5_000 : 30_000);

/** Neither let in nor refused: gRPC’s UNIMPLEMENTED, UNAVAILABLE and UNAUTHENTICATED. */
const NO_ANSWERS: unknown[] = [12, 14, 16];

/** An empty request: whatever else is wrong with it, whoever may not call hears PERMISSION_DENIED. */
async function isDenied(channel: Channel, service: string, name: string): Promise<boolean> {
  const method = methodOf(service, name);
  const call = async () => {
    if (method.requestStream) await channel.requests(method, nothing());
    else if (method.responseStream) for await (const _answer of channel.answers(method, {})) return;
    else await channel.unary(method, { worker: 'me' }, { timeoutMs: answerWithinMs(name) });
  };
  return call().then(
    () => false,
    ({ code, message }) => {
      if (NO_ANSWERS.includes(code)) throw new Error(`${service}/${name} was not reached: ${message}`);
      return code === Code.PERMISSION_DENIED;
    },
  );
}

async function* nothing(): AsyncGenerator<object> {}

describe('a call', () => {
  const callers = roles.flatMap((role) => ['main', 'other'].map((cluster) => ({ role, cluster })));
  let opened: Channel[];
  beforeAll(() => {
    opened = callers.map((names) => open(authority.issue(names)));
  });

  describe.each(methods)('of $service/$name', ({ service, name, who }) => {
    it(`is for ${who.join(' and ')} of this cluster, and for nobody else`, async () => {
      const denied = opened.map((channel) => isDenied(channel, service, name));
      const expected = callers.map(({ role, cluster }) => cluster !== 'main' || !who.includes(role));
      expect(await Promise.all(denied)).toEqual(expected);
    });
  });
});

describe('new certificates of a running server', () => {
  it('are used for new connections, while old ones go on', async () => {
    const before = open(authority.issue({ role: 'client' }));
    await capabilities(before);
    server.setTls(foreign.issue({ role: 'server' }));
    await capabilities(before);
    await capabilities(open(foreign.issue({ role: 'client' })));
    const mixed = { ...authority.issue({ role: 'client' }), authorities: foreign.certificate };
    await expect(capabilities(open(mixed))).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    server.setTls(authority.issue({ role: 'server' }));
    await capabilities(open(authority.issue({ role: 'client' })));
  });
});

describe('a client of the farm', () => {
  it('refuses a server whose certificate is for something else', async () => {
    server.setTls(authority.issue({ role: 'worker' }));
    await expect(capabilities(open(authority.issue({ role: 'client' })))).rejects.toThrow(/role worker/);
    server.setTls(authority.issue({ role: 'server', cluster: 'other' }));
    await expect(capabilities(open(authority.issue({ role: 'client' })))).rejects.toThrow(/cluster other/);
    server.setTls(authority.issue({ role: 'server' }));
  });
});
