/** Callers of a running build server, good and bad: certificates made by hand, and what the server does with them. */
import { generateKeyPairSync } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { Code } from '../../local/farm/wire/status.ts';
import { methodOf, openChannel } from '../../local/farm/worker/channel.ts';
import type { Authority } from '../../reconciler/access/authority.ts';
import { issue } from '../../reconciler/access/authority-signer.ts';
import { commonNameOf } from '../../reconciler/access/certificate-names.ts';
import type { CertificateProfile } from '../../reconciler/access/signer.ts';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';

export const MINUTE_MS = 60_000;

/** Key and certificate of a client of cluster main, good now, except for what `profile` says. */
export function identityBy(
  authority: Authority,
  profile: Partial<CertificateProfile> = {},
): Omit<TlsMaterial, 'authorities'> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const full: Omit<CertificateProfile, 'commonName'> = {
    role: 'client',
    cluster: 'main',
    arn: 'arn:aws:iam::000000000000:user/ann',
    addresses: [],
    notBefore: Date.now() - 2 * MINUTE_MS,
    notAfter: Date.now() + 10 * MINUTE_MS,
    ...profile,
  };
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { key, certificate: issue(authority, { commonName: commonNameOf(full), ...full }, publicKey).certificate };
}

/** The protocol once the server has spoken it to us, or the error with which it would not. */
export function handshake(endpoint: string, { key, certificate, authorities }: Partial<TlsMaterial>): Promise<string> {
  const { hostname: host, port } = new URL(`tls://${endpoint}`);
  return new Promise((resolve) => {
    const shown = key === undefined ? {} : { key, cert: certificate };
    const socket = connect({ host, port: Number(port), ca: authorities, ALPNProtocols: ['h2'], ...shown });
    // TLS 1.3 refuses a client's certificate after the handshake, so it takes a byte of HTTP/2 to know.
    socket.once('data', () => {
      resolve(String(socket.alpnProtocol));
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('close', () => resolve('closed'));
  });
}

/** OK, or the code with which the call was refused. */
export async function outcome(endpoint: string, tls: TlsMaterial, service: string, method: string): Promise<number> {
  const channel = openChannel(endpoint, 'main', tls);
  try {
    await channel.unary(methodOf(service, method), {}, { timeoutMs: 10_000 });
    return Code.OK;
  } catch (error) {
    return (error as { code: number }).code;
  } finally {
    channel.close();
  }
}

/** `open`, or the code of the error. */
export function loopbackPort(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      socket.destroy();
      resolve('open');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
