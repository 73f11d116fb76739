import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authority, makeAuthority } from './authority.ts';
import { issue } from './authority-signer.ts';
import { commonNameOf } from './certificate-names.ts';
import type { CertificateProfile } from './signer.ts';

const HOUR = 3_600_000;
const now = Date.now();
/** One key for everybody: only names, times and authorities differ, and making a key takes a second on a busy machine. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

interface Identity {
  key: string;
  cert: string;
}

function identity(authority: Authority, profile: Partial<CertificateProfile>): Identity {
  const full: Omit<CertificateProfile, 'commonName'> = {
    role: 'client',
    cluster: 'main',
    arn: 'arn:aws:iam::123456789012:user/ann',
    addresses: [],
    notBefore: now - HOUR,
    notAfter: now + HOUR,
    ...profile,
  };
  return { key, cert: issue(authority, { commonName: commonNameOf(full), ...full }, publicKey).certificate };
}

/** 'talks' when both sides accept each other, else which side refuses and why. */
async function handshake(
  server: Identity & { ca: string },
  client: Partial<Identity> & { ca: string },
): Promise<string> {
  // The server says what it thinks instead of hanging up, since a closed connection has no reason.
  const listener = tls.createServer({ ...server, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  listener.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.end(socket.authorized ? 'talks' : `server: ${socket.authorizationError}`);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const socket = tls.connect({ ...client, host: '127.0.0.1', port, ALPNProtocols: ['h2'] });
  const outcome = await new Promise<string>((resolve) => {
    socket.on('data', (data) => resolve(data.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(`client: ${error.code}`));
  });
  socket.destroy();
  listener.close();
  return outcome;
}

describe('issued certificates in a mutual TLS handshake', () => {
  let ours: Authority;
  let foreign: Authority;
  let server: Identity & { ca: string };
  const trusting = (someone: Identity) => ({ ...someone, ca: ours.certificate });

  beforeAll(async () => {
    [ours, foreign] = await Promise.all([makeAuthority(now, now), makeAuthority(now, now)]);
    server = { ...identity(ours, { role: 'server', addresses: ['127.0.0.1'] }), ca: ours.certificate };
  });

  it('a client and a worker of ours talk with a server of ours', async () => {
    expect(await handshake(server, trusting(identity(ours, {})))).toBe('talks');
    expect(await handshake(server, trusting(identity(ours, { role: 'worker' })))).toBe('talks');
  });

  it('a server refuses a client without a certificate', async () => {
    expect(await handshake(server, { ca: ours.certificate })).toBe('server: UNABLE_TO_GET_ISSUER_CERT');
  });

  it('a server refuses a client of another authority', async () => {
    expect(await handshake(server, trusting(identity(foreign, {})))).toBe('server: UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('a server refuses an expired client', async () => {
    const old = identity(ours, { notAfter: now - 60_000 });
    expect(await handshake(server, trusting(old))).toBe('server: CERT_HAS_EXPIRED');
  });

  it('a server refuses a client whose certificate is of the future', async () => {
    const early = identity(ours, { notBefore: now + HOUR, notAfter: now + 2 * HOUR });
    expect(await handshake(server, trusting(early))).toBe('server: CERT_NOT_YET_VALID');
  });

  it('a client refuses a server of another authority', async () => {
    const impostor = { ...identity(foreign, { role: 'server', addresses: ['127.0.0.1'] }), ca: ours.certificate };
    expect(await handshake(impostor, trusting(identity(ours, {})))).toBe('client: UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('a client refuses a server at an address that its certificate does not name', async () => {
    const moved = { ...identity(ours, { role: 'server', addresses: ['127.0.0.9'] }), ca: ours.certificate };
    expect(await handshake(moved, trusting(identity(ours, {})))).toBe('client: ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('a client refuses another client that plays the server', async () => {
    const upstart = { ...identity(ours, { addresses: ['127.0.0.1'] }), ca: ours.certificate };
    expect(await handshake(upstart, trusting(identity(ours, {})))).toBe('client: INVALID_PURPOSE');
  });

  it('peers with the bundle of old and new authority talk across the change', async () => {
    const ca = ours.certificate + foreign.certificate;
    expect(await handshake({ ...server, ca }, { ...identity(foreign, {}), ca })).toBe('talks');
  });

  it('names role, cluster and caller in the alternative names', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/dev,ops/ann@example.com';
    const certificate = new X509Certificate(identity(ours, { role: 'worker', cluster: 'main-2', arn }).cert);
    expect(certificate.subjectAltName).toBe(
      `URI:urn:bbf:role:worker, URI:urn:bbf:cluster:main-2, URI:urn:bbf:arn:${encodeURIComponent(arn)}`,
    );
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(new X509Certificate(ours.certificate).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(ours.certificate))).toBe(true);
  });

  it('gives every certificate a serial number of 16 bytes of its own', () => {
    const serials = [1, 2, 3].map(() => new X509Certificate(identity(ours, {}).cert).serialNumber);
    expect(new Set(serials).size).toBe(3);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });
});
