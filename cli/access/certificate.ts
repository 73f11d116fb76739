/** The client certificate of a cluster, as it is kept on this machine, and a new one from the reconciler. */
import { join } from 'node:path';
import type { IssuedCertificate } from '../../reconciler/access/certificate-client.ts';
import { installationKey } from './function-url.ts';
import { keepPrivate, readPrivate } from './private-file.ts';
import { askReconciler, type ReconcilerPlace } from './reconciler-access.ts';

export interface CertificateWish extends ReconcilerPlace {
  cluster: string;
  now(): number;
  /** Told once for each thing worth knowing; never a secret. */
  note?(text: string): void;
}

export interface KeptCertificate extends IssuedCertificate {
  /** ISO instant. */
  renewAt: string;
}

/** What is left then covers a reconciler that is away for a while. */
const RENEW_AFTER = 2 / 3;

/** Whole and not over, though perhaps to be renewed; undefined where there is none. */
export async function keptCertificate(wish: CertificateWish): Promise<KeptCertificate | undefined> {
  const kept = await storedCertificate(wish);
  return kept !== undefined && isGood(kept, wish.now()) ? kept : undefined;
}

/** The same, though it may be over. */
export async function storedCertificate(wish: CertificateWish): Promise<KeptCertificate | undefined> {
  const distrusted = (why: string) => wish.note?.(`${why}: a new key is made in its place`);
  const kept = await readPrivate<KeptCertificate>(cachePath(wish), distrusted);
  return isWhole(kept) ? kept : undefined;
}

/** From the reconciler, whatever is kept, and kept from then on. @throws Failure */
export async function freshCertificate(wish: CertificateWish): Promise<KeptCertificate> {
  const { requestCertificate } = await import('../../reconciler/access/certificate-client.ts');
  const issued = await askReconciler(wish, 'no certificate', (point) =>
    requestCertificate({ ...point, cluster: wish.cluster }),
  );
  // Counted from its coming, not from `notBefore`: that lies some minutes back, for clocks that differ.
  const life = Date.parse(issued.notAfter) - wish.now();
  const kept = { ...issued, renewAt: new Date(wish.now() + life * RENEW_AFTER).toISOString() };
  await keepPrivate(cachePath(wish), kept);
  return kept;
}

export function isGood({ notBefore, notAfter }: KeptCertificate, now: number): boolean {
  return now >= Date.parse(notBefore) && now < Date.parse(notAfter);
}

export function isYoung(certificate: KeptCertificate, now: number): boolean {
  return isGood(certificate, now) && now < Date.parse(certificate.renewAt);
}

function cachePath({ installation, cluster, cacheDirectory }: CertificateWish): string {
  return join(cacheDirectory, 'certificates', `${installationKey(installation)}--${cluster}.json`);
}

function isWhole(kept: Partial<KeptCertificate> | undefined): kept is KeptCertificate {
  const fields = ['key', 'certificate', 'authorities', 'notBefore', 'notAfter', 'renewAt'] as const;
  return kept !== undefined && fields.every((field) => typeof kept[field] === 'string');
}
