/** bbf's certificate authorities: one that signs, perhaps one that takes over soon, and old ones that are still trusted. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { LIVES, type Lives } from './lives.ts';
import { buildCertificate, keyIdentifier } from './x509.ts';

/** The object at AUTHORITY_KEY. Nobody but the reconciler's role may read it. */
export interface AuthorityStore {
  read(): Promise<{ text: string; etag: string } | null>;
  /** `etag` null: only if there is none. Answers the new etag, or null when somebody else was first. */
  write(text: string, etag: string | null): Promise<string | null>;
}

export interface Authority {
  /** PEM. */
  certificate: string;
  /** PKCS#8 PEM. */
  key: string;
  /** ISO instant from which it signs. Before, peers learn to trust it; after its successor's, they forget it. */
  signsFrom: string;
  /** ISO instant. */
  notAfter: string;
}

export interface AuthorityDocument {
  apiVersion: 'bbf/v1';
  kind: 'Authority';
  /** Oldest first. */
  authorities: Authority[];
}

/** What of an authority everybody may know. */
export interface TrustedAuthority {
  /** PEM. */
  certificate: string;
  /** ISO instant. */
  signsFrom: string;
  /** ISO instant at which peers forget it, as its last certificate is over; null while none replaces it. */
  trustedUntil: string | null;
}

/** A change of authority: of the call that asked for it, or, where `begun` is false, of an earlier one that is under way. */
export interface RotationBegun {
  begun: boolean;
  /** ISO instants: the new one signs, the old one is forgotten. */
  signsFrom: string;
  oldTrustedUntil: string;
}

const DAY_MS = 24 * 3_600_000;
/** A rotation replaces an authority whenever someone wants; this is only how long one lasts if nobody does. */
const AUTHORITY_LIFE_MS = 3_650 * DAY_MS;
/** The authority outlives its certificates by years; 3072 bits are what NIST SP 800-57 asks for beyond 2030. */
const RSA_BITS = 3_072;

/** The one that signs at `now`: the last whose time has come. */
export function signingAuthority(authorities: readonly Authority[], now: number): Authority | undefined {
  return authorities.findLast((authority) => Date.parse(authority.signsFrom) <= now);
}

/** All that a peer must trust at `now`: the signing one, its successor, and predecessors until their last certificate is over. */
function stillTrusted(authorities: readonly Authority[], now: number, lives: Lives): Authority[] {
  return authorities.filter((_, index) => {
    const successor = authorities[index + 1];
    return !successor || now < forgottenAt(successor.signsFrom, lives);
  });
}

/** @param signsFrom of the successor */
const forgottenAt = (signsFrom: string, { certificateMs, clockSkewMs }: Lives) =>
  Date.parse(signsFrom) + certificateMs + clockSkewMs;

/** Those that a peer must trust at `now`, oldest first, without their keys. */
export function trustedAuthorities(authorities: readonly Authority[], now: number, lives: Lives): TrustedAuthority[] {
  return stillTrusted(authorities, now, lives).map((authority, index, all) => {
    const successor = all[index + 1];
    const trustedUntil = successor ? new Date(forgottenAt(successor.signsFrom, lives)).toISOString() : null;
    return { certificate: authority.certificate, signsFrom: authority.signsFrom, trustedUntil };
  });
}

/** The authorities of the store; the first caller ever makes one. */
export const readAuthorities = async (store: AuthorityStore, now: number): Promise<Authority[]> =>
  (await readStored(store, now)).authorities;

async function readStored(store: AuthorityStore, now: number): Promise<{ authorities: Authority[]; etag: string }> {
  const stored = await store.read();
  if (stored) return { authorities: authoritiesIn(stored.text), etag: stored.etag };
  const authorities = [await makeAuthority(now, now)];
  const etag = await store.write(textOf(authorities), null);
  if (etag !== null) return { authorities, etag };
  const winner = await store.read();
  if (!winner) throw new Error('the certificate authority vanished while it was made; ask again');
  return { authorities: authoritiesIn(winner.text), etag: winner.etag };
}

/**
 * Adds an authority that signs once every peer has had the time to learn of it, and drops those that nobody needs.
 * While one waits to take over, no other is added.
 */
export async function rotateAuthority(store: AuthorityStore, now: number, lives: Lives): Promise<RotationBegun> {
  const { authorities, etag } = await readStored(store, now);
  const told = (begun: boolean, signsFrom: string) => ({
    begun,
    signsFrom,
    oldTrustedUntil: new Date(forgottenAt(signsFrom, lives)).toISOString(),
  });
  const waiting = authorities.find((authority) => Date.parse(authority.signsFrom) > now);
  if (waiting) return told(false, waiting.signsFrom);
  const next = await makeAuthority(now, now + lives.certificateMs + lives.clockSkewMs);
  const all = [...stillTrusted(authorities, now, lives), next];
  if ((await store.write(textOf(all), etag)) !== null) return told(true, next.signsFrom);
  throw new Error('somebody else changed the certificate authority at this moment; ask again');
}

export async function makeAuthority(now: number, signsFrom: number): Promise<Authority> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const notAfter = signsFrom + AUTHORITY_LIFE_MS;
  // Peers must tell authorities apart by name: some take the first of a bundle whose name fits.
  const name = `bbf authority ${new Date(signsFrom).toISOString()}`;
  const extensions = [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier', subjectKeyIdentifier: keyIdentifier(publicKey) },
  ];
  const parts = { subject: name, issuer: name, publicKey, notBefore: now - LIVES.clockSkewMs, notAfter, extensions };
  return {
    certificate: buildCertificate(parts, privateKey).pem,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    signsFrom: new Date(signsFrom).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
  };
}

/** Private and public half of an authority's key. */
export function keysOf(authority: Authority): { privateKey: KeyObject; publicKey: KeyObject } {
  const privateKey = createPrivateKey(authority.key);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function textOf(authorities: Authority[]): string {
  const document: AuthorityDocument = { apiVersion: 'bbf/v1', kind: 'Authority', authorities };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function authoritiesIn(text: string): Authority[] {
  const document = JSON.parse(text) as Partial<AuthorityDocument>;
  if (document.apiVersion === 'bbf/v1' && document.kind === 'Authority' && document.authorities?.length) {
    return document.authorities;
  }
  const kind = `${document.apiVersion} ${document.kind}`;
  throw new Error(`the object at access/authority.json is ${kind}, not bbf/v1 Authority; restore its version before`);
}
