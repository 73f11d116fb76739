/** One connection to a farm over mutual TLS, ready for HTTP/2. */
import net from 'node:net';
import tls from 'node:tls';

/** What TLS needs to be known by, and to know the other side. PEM. */
export interface ClientIdentity {
  key: string;
  certificate: string;
  authorities: string;
}

const HANDSHAKE_MS = 10_000;

/** @param endpoint `host:port` */
export function handshake(
  endpoint: string,
  identity: ClientIdentity,
  timeoutMs = HANDSHAKE_MS,
): Promise<tls.TLSSocket> {
  const { host, port } = hostAndPort(endpoint);
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host,
      port,
      key: identity.key,
      cert: identity.certificate,
      ca: identity.authorities,
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
      // An address has no name to announce; its certificate is checked against the address all the same.
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
    });
    const timer = setTimeout(() => socket.destroy(new Error(`no TLS handshake within ${timeoutMs} ms`)), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(
        Object.assign(new Error(`${endpoint}: ${error.message}`), { code: (error as NodeJS.ErrnoException).code }),
      );
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/**
 * Resolves once the farm has spoken HTTP/2 to us: TLS 1.3 refuses a client's certificate only after the handshake, and without a word.
 * @throws Error with why it would not
 */
export async function probe(endpoint: string, identity: ClientIdentity, timeoutMs = HANDSHAKE_MS): Promise<void> {
  const socket = await handshake(endpoint, identity, timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(timeoutMs, () => reject(new Error(`${endpoint}: no HTTP/2 within ${timeoutMs} ms`)));
      socket.once('data', () => resolve());
      socket.once('error', (error) => reject(new Error(`${endpoint}: ${error.message}`)));
      socket.once('close', () => reject(new Error(`${endpoint}: it hung up on our certificate`)));
    });
  } finally {
    socket.destroy();
  }
}

function hostAndPort(endpoint: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':');
  return { host: endpoint.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(endpoint.slice(colon + 1)) };
}
