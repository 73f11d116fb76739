import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { testAuthority } from '../testing/certificates.ts';
import { type Forwarder, type ForwarderOptions, openForwarder } from './forwarder.ts';

const authority = testAuthority();
const client = { ...authority.issue('client'), authorities: authority.pem };
const server = authority.issue('server');

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A farm that echoes what it gets, in capitals, to whoever its authority knows. */
async function farm(shown = server): Promise<{ port: number; peers: string[]; left(): number; close(): void }> {
  const peers: string[] = [];
  let left = 0;
  const sockets = new Set<net.Socket>();
  const options = {
    key: shown.key,
    cert: shown.certificate,
    ca: authority.pem,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const listener = tls.createServer({ ...options, ALPNProtocols: ['h2'] }, (socket) => {
    peers.push(`${socket.getPeerCertificate().subject.CN} ${socket.alpnProtocol}`);
    sockets.add(socket);
    socket.on('close', () => left++);
    socket.on('error', () => {});
    socket.on('data', (data) => socket.write(data.toString().toUpperCase()));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  };
  closing.push(close);
  return { port: (listener.address() as net.AddressInfo).port, peers, left: () => left, close };
}

async function forwarder(options: Partial<ForwarderOptions>): Promise<Forwarder & { notes: string[] }> {
  const notes: string[] = [];
  const opened = await openForwarder({
    cluster: 'main',
    endpoint: async () => null,
    identity: async () => client,
    note: (text) => notes.push(text),
    retryMs: 10,
    ...options,
  });
  closing.push(() => opened.close());
  return { ...opened, notes };
}

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The kernel's timer of each connection to a port of this machine, as two digits. */
const timersOfConnectionsTo = (port: number): string[] =>
  readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , to, state]) => state === '01' && Number.parseInt(to?.split(':')[1] ?? '', 16) === port)
    .map(([, , , , , timer = '']) => timer.slice(0, 2));

const answer = async (socket: net.Socket) => String((await once(socket, 'data'))[0]);

describe('the forwarder', () => {
  it('carries bytes to the farm as the client that the certificate names, as HTTP/2', async () => {
    const { port, peers } = await farm();
    const { port: local } = await forwarder({ endpoint: async () => `127.0.0.1:${port}` });
    const socket = await connect(local);
    socket.write('hello');
    expect(await answer(socket)).toBe('HELLO');
    expect(peers).toEqual(['client h2']);
  });

  it.skipIf(process.platform !== 'linux')(
    'asks a silent farm for signs of life, as it may have gone while the machine slept',
    async () => {
      const { port } = await farm();
      const { port: local } = await forwarder({ endpoint: async () => `127.0.0.1:${port}` });
      const socket = await connect(local);
      socket.write('hello');
      await answer(socket);
      // proc_net_tcp(5): the timer of a connection; 2 is one that is neither for sending again nor for closing.
      await expect.poll(() => timersOfConnectionsTo(port)).toEqual(['02']);
    },
  );

  it('carries real HTTP/2 streams', async () => {
    const secure = http2.createSecureServer({
      key: server.key,
      cert: server.certificate,
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: true,
    });
    secure.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    closing.push(() => secure.close());
    const endpoint = `127.0.0.1:${(secure.address() as net.AddressInfo).port}`;
    const { port: local } = await forwarder({ endpoint: async () => endpoint });
    const session = http2.connect(`http://127.0.0.1:${local}`);
    closing.push(() => session.destroy());
    const body = 'x'.repeat(300_000);
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.end(body);
    let received = '';
    for await (const chunk of stream.setEncoding('utf8')) received += chunk;
    expect(received).toBe(body);
  });

  it('has a connection ready for the first client, and makes the next one its own', async () => {
    const { port, peers } = await farm();
    const opened = await forwarder({ endpoint: async () => `127.0.0.1:${port}` });
    opened.connectAhead();
    await expect.poll(() => peers.length).toBe(1);
    for (const connections of [1, 2]) {
      const socket = await connect(opened.port);
      socket.write('hello');
      expect(await answer(socket)).toBe('HELLO');
      expect(peers.length).toBe(connections);
    }
  });

  it('does without the connection that it had ready when the farm has closed it', async () => {
    const first = await farm();
    let { port } = first;
    const opened = await forwarder({ endpoint: async () => `127.0.0.1:${port}` });
    opened.connectAhead();
    await expect.poll(() => first.peers.length).toBe(1);
    first.close();
    const second = await farm();
    port = second.port;
    const socket = await connect(opened.port);
    socket.write('hello');
    expect(await answer(socket)).toBe('HELLO');
    expect(second.peers.length).toBe(1);
  });

  it('ends the connection that nobody took', async () => {
    const { port, peers, left } = await farm();
    const opened = await forwarder({ endpoint: async () => `127.0.0.1:${port}` });
    opened.connectAhead();
    await expect.poll(() => peers.length).toBe(1);
    await opened.close();
    await expect.poll(left).toBe(1);
  });

  it('holds what comes while the farm is away, and finds it where it is then', async () => {
    let endpoint: string | null = null;
    const { port: local, notes } = await forwarder({ endpoint: async () => endpoint });
    const socket = await connect(local);
    socket.write('early');
    const answered = answer(socket);
    await expect.poll(() => notes.length).toBe(1);
    const first = await farm();
    endpoint = `127.0.0.1:${first.port}`;
    expect(await answered).toBe('EARLY');
    expect(notes.at(-1)).toBe('connected to the farm');
  });

  it('ends a connection that breaks, and carries the next one to a farm that came back', async () => {
    const first = await farm();
    let endpoint = `127.0.0.1:${first.port}`;
    const { port: local } = await forwarder({ endpoint: async () => endpoint });
    const socket = await connect(local);
    socket.write('a');
    await answer(socket);
    first.close();
    await once(socket, 'close');
    const second = await farm();
    endpoint = `127.0.0.1:${second.port}`;
    const again = await connect(local);
    again.write('b');
    expect(await answer(again)).toBe('B');
  });

  it('asks for another certificate when the authority has changed', async () => {
    const { port } = await farm();
    const old = testAuthority('another authority');
    const outdated = { ...old.issue('client'), authorities: old.pem };
    const asked: boolean[] = [];
    const identity = async (distrusted: boolean) => {
      asked.push(distrusted);
      return distrusted ? client : outdated;
    };
    const { port: local } = await forwarder({ endpoint: async () => `127.0.0.1:${port}`, identity });
    const socket = await connect(local);
    socket.write('hi');
    expect(await answer(socket)).toBe('HI');
    expect(asked).toEqual([false, true]);
  });

  it.each([
    ['the server of another cluster', { cluster: 'other' }, 'role server in cluster other'],
    ['a worker of its own', { role: 'worker' } as const, 'role worker in cluster main'],
  ])('says nothing to %s at the address', async (_who, names, said) => {
    const { port } = await farm(authority.issue('impostor', undefined, names));
    const good = await farm();
    let endpoint = `127.0.0.1:${port}`;
    const asked: boolean[] = [];
    const identity = async (distrusted: boolean) => {
      asked.push(distrusted);
      return client;
    };
    const { port: local, notes } = await forwarder({ endpoint: async () => endpoint, identity });
    const socket = await connect(local);
    socket.write('secret');
    const answered = answer(socket);
    await expect.poll(() => notes[0]).toContain(`its certificate is for ${said}, expected role server in cluster main`);
    // Another certificate of ours would make no difference.
    expect(asked).not.toContain(true);
    endpoint = `127.0.0.1:${good.port}`;
    expect(await answered).toBe('SECRET');
  });

  it('lets no other user in', async () => {
    const { port, peers } = await farm();
    const { port: local, notes } = await forwarder({
      endpoint: async () => `127.0.0.1:${port}`,
      isOwn: async () => false,
    });
    const socket = net.connect(local, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
    expect(peers).toEqual([]);
    expect(notes.join()).toContain('another user');
  });

  it('tells no secret', async () => {
    let endpoint: string | null = '127.0.0.1:1';
    const { port: local, notes } = await forwarder({ endpoint: async () => endpoint });
    await connect(local);
    await expect.poll(() => notes.length).toBe(1);
    endpoint = null;
    expect(notes.join()).not.toMatch(/BEGIN|PRIVATE/);
  });
});
