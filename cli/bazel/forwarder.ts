/**
 * A loopback port whose bytes go out over mutual TLS. Every Bazel can talk to it, the key stays in this process, and while the farm
 * is away its connections are held instead of refused.
 */
import net from 'node:net';
import type tls from 'node:tls';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';
import { handshake, NOT_THE_SERVER } from './farm-connection.ts';
import { isOwnPeer, type Peer } from './peer.ts';
import { type SpareConnection, spareConnection } from './spare-connection.ts';

export interface ForwarderOptions {
  /** Whose server has to answer. */
  cluster: string;
  /** Where the farm is now, `host:port`; null while it is away. */
  endpoint(): Promise<string | null>;
  /** Asked for each new connection, so that a renewed certificate is used at once. `distrusted`: the last one led to no handshake. */
  identity(distrusted: boolean): Promise<TlsMaterial>;
  /** Who may connect. */
  isOwn?: (peer: Peer) => Promise<boolean>;
  /** Port of 127.0.0.1; undefined: any that is free. */
  port?: number | undefined;
  /** One line for each change worth telling; never a secret. */
  note(text: string): void;
  /** Pause between tries to reach the farm. */
  retryMs?: number;
  /** A farm that does not finish the handshake within this is taken for away. */
  handshakeMs?: number;
}

export interface Forwarder {
  port: number;
  /** Makes a connection to the farm that the first client will find ready. */
  connectAhead(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const RETRY_MS = 500;
/** The address of a task that has ended may be another's for a moment. */
const IF_IT_LASTS = "if that lasts, somebody else's address stands in the cluster's activity.json: bbf doctor";

/** Listens on 127.0.0.1. */
export async function openForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const clients = new Set<net.Socket>();
  const say = sayOnce(options.note);
  const spare = spareConnection(() => attempt(options, false));
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    // Its end is dealt with on 'close'; without a listener the error would end bbf.
    client.on('error', () => {});
    carry(client, spare, options, say).catch((error: unknown) => {
      say(`a connection to the farm was given up: ${messageOf(error)}`);
      client.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    connectAhead: spare.open,
    close: () =>
      new Promise((resolve) => {
        spare.close();
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}

async function carry(
  client: net.Socket,
  spare: SpareConnection,
  options: ForwarderOptions,
  say: (text: string) => void,
): Promise<void> {
  const peer = { address: client.remoteAddress ?? '', port: client.remotePort ?? 0, toPort: client.localPort ?? 0 };
  if (!(await (options.isOwn ?? isOwnPeer)(peer))) {
    say('another user of this machine tried to use the connection to the farm, and was refused');
    client.destroy();
    return;
  }
  const farm = (await spare.take()) ?? (await reach(client, options, say));
  if (farm === undefined) return;
  if (client.destroyed) farm.destroy();
  else join(client, farm);
}

/** Tries until the farm answers or the client has gone, which gives undefined. */
async function reach(
  client: net.Socket,
  options: ForwarderOptions,
  say: (text: string) => void,
): Promise<tls.TLSSocket | undefined> {
  let distrusted = false;
  let triedAnother = false;
  while (!client.destroyed) {
    const why = await attempt(options, distrusted).catch((error: NodeJS.ErrnoException) => {
      distrusted = isAboutTrust(error);
      return error.code === NOT_THE_SERVER ? `${messageOf(error)}; ${IF_IT_LASTS}` : messageOf(error);
    });
    if (typeof why !== 'string') {
      say('connected to the farm');
      return why;
    }
    // Another certificate is there to be tried first.
    if (distrusted && !triedAnother) {
      triedAnother = true;
      continue;
    }
    say(`the farm can't be reached, the build waits for it: ${why}`);
    await pauseOrGone(client, options.retryMs ?? RETRY_MS);
  }
  return undefined;
}

/** The connection, or why there is none. */
async function attempt(options: ForwarderOptions, distrusted: boolean): Promise<tls.TLSSocket | string> {
  const endpoint = await options.endpoint();
  if (endpoint === null) return 'it is not running';
  return handshake(endpoint, options.cluster, await options.identity(distrusted), options.handshakeMs);
}

/** Bytes both ways, each end passed on; when one side breaks, so does the other: HTTP/2 can't be resumed in the middle. */
function join(client: net.Socket, farm: tls.TLSSocket): void {
  farm.on('error', () => client.destroy());
  farm.on('close', () => client.destroy());
  client.on('close', () => farm.destroy());
  client.pipe(farm);
  farm.pipe(client);
}

function pauseOrGone(client: net.Socket, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      client.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    client.once('close', end);
  });
}

/** Bazel opens many connections, and each would say the same. */
function sayOnce(note: (text: string) => void): (text: string) => void {
  let last = 'connected to the farm';
  return (text) => {
    if (text === last) return;
    last = text;
    note(text);
  };
}

/** One of the two certificates was made by an authority that the other side does not know, e.g. before it was made anew. */
function isAboutTrust(error: NodeJS.ErrnoException): boolean {
  return /CERT|SSL|SELF_SIGNED|ISSUER|SIGNATURE/.test(error.code ?? '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
