/** The certificate authorities as people see them: which sign, which are trusted, and until when. */
import { X509Certificate } from 'node:crypto';
import type { TrustedAuthority } from '../../reconciler/access/authority.ts';
import { askReconciler, type ReconcilerPlace } from '../access/reconciler-access.ts';

export interface Authority {
  /** Subject of its certificate. */
  name: string;
  /** SHA-256 of its certificate, as `openssl x509 -fingerprint -sha256` prints it. */
  fingerprint: string;
  state: 'waiting' | 'signing' | 'replaced';
  /** ISO instants. */
  signsFrom: string;
  /** When its successor begins to sign; null while it has none. */
  signsUntil: string | null;
  /** When peers forget it: its last certificate is over by then. Null while it has no successor. */
  trustedUntil: string | null;
  /** When its own certificate ends. */
  notAfter: string;
}

/** Oldest first. @throws Failure */
export async function readAuthorities(place: ReconcilerPlace, now: number): Promise<Authority[]> {
  const { listAuthorities } = await import('../../reconciler/access/authority-client.ts');
  return describeAuthorities(await askReconciler(place, 'no list of authorities', listAuthorities), now);
}

function describeAuthorities(trusted: readonly TrustedAuthority[], now: number): Authority[] {
  const signing = trusted.findLastIndex(({ signsFrom }) => Date.parse(signsFrom) <= now);
  return trusted.map(({ certificate, signsFrom, trustedUntil }, index) => {
    const read = new X509Certificate(certificate);
    return {
      name: read.subject.replace(/^CN=/, ''),
      fingerprint: read.fingerprint256,
      state: index === signing ? 'signing' : index < signing ? 'replaced' : 'waiting',
      signsFrom,
      signsUntil: trusted[index + 1]?.signsFrom ?? null,
      trustedUntil,
      notAfter: new Date(read.validTo).toISOString(),
    };
  });
}
