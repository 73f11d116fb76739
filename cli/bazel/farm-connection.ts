/** One connection to the server of a cluster over mutual TLS, ready for HTTP/2. */
import net from 'node:net';
import tls from 'node:tls';
import { whyNotServerOf } from '../../reconciler/access/certificate-names.ts';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';

const HANDSHAKE_MS = 10_000;
/**
 * A farm that went away while this machine slept or its network changed hangs up nowhere; without this, who waits for an answer waits for
 * ever. The system does not ask while something that was sent is unanswered: for that there are Bazel's own pings.
 */
const SIGN_OF_LIFE_MS = 30_000;

/** Code of the error for an address where somebody else answers than the cluster's server; another certificate of ours would not help. */
export const NOT_THE_SERVER = 'BBF_NOT_THE_SERVER';

/**
 * Who writes the address is not who serves it: any server of the installation may report one, for any cluster. So the certificate has
 * to be the cluster's, and not only of the authority and for the address.
 * @param endpoint `host:port`
 */
export function handshake(
  endpoint: string,
  cluster: string,
  identity: TlsMaterial,
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
      checkServerIdentity: (name, peer) => tls.checkServerIdentity(name, peer) ?? notTheServer(cluster, peer),
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
      socket.setKeepAlive(true, SIGN_OF_LIFE_MS);
      resolve(socket);
    });
  });
}

/**
 * Resolves once the farm has spoken HTTP/2 to us: TLS 1.3 refuses a client's certificate only after the handshake, and without a word.
 * @throws Error with why it would not
 */
export async function probe(
  endpoint: string,
  cluster: string,
  identity: TlsMaterial,
  timeoutMs = HANDSHAKE_MS,
): Promise<void> {
  const socket = await handshake(endpoint, cluster, identity, timeoutMs);
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

function notTheServer(cluster: string, { subjectaltname }: tls.PeerCertificate): Error | undefined {
  const why = whyNotServerOf(cluster, subjectaltname);
  return why === undefined ? undefined : Object.assign(new Error(why), { code: NOT_THE_SERVER });
}

function hostAndPort(endpoint: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':');
  return { host: endpoint.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(endpoint.slice(colon + 1)) };
}
