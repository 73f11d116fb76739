/** The client certificate of a cluster: from the cache while it is young, else a new one from the reconciler. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IssuedCertificate } from '../../reconciler/access/certificate-client.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { functionUrl, installationKey } from './function-url.ts';
import { readPrivate, removePrivate, writePrivate } from './private-file.ts';

export interface CertificateWish {
  installation: Installation;
  cluster: string;
  cacheDirectory: string;
  now(): number;
  /** Milliseconds between the tries of a reconciler that is busy. */
  pauses?: readonly number[];
}

/** Renewed when two thirds of its life are over: what is left covers a reconciler that is away for a while. */
const RENEW_AFTER = 2 / 3;

/** For some seconds the passes of a cluster that changes may take every execution that Lambda grants (10 in a new account). */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];

/** A certificate that was refused is asked for anew, but no more often than this. */
const REFUSED_PAUSE_MS = 10_000;

/** A certificate that is good now; `distrusted` tells that the other side would not have the last one. With several callers at once, one asks. */
export function certificateSource(wish: CertificateWish): (distrusted?: boolean) => Promise<IssuedCertificate> {
  let current: IssuedCertificate | undefined;
  let asking: Promise<IssuedCertificate> | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  return async (distrusted = false) => {
    const renew = distrusted && wish.now() - renewedAt > REFUSED_PAUSE_MS;
    if (!renew && current !== undefined && isYoung(current, wish.now())) return current;
    if (renew) renewedAt = wish.now();
    asking ??= (renew ? freshCertificate(wish) : obtain(wish)).finally(() => {
      asking = undefined;
    });
    try {
      current = await asking;
    } catch (error) {
      // Old but not over: better than none.
      if (current === undefined || Date.parse(current.notAfter) <= wish.now()) throw error;
    }
    return current;
  };
}

/** Forgets the kept one and asks for another, e.g. after the authority changed. */
export async function freshCertificate(wish: CertificateWish): Promise<IssuedCertificate> {
  await removePrivate(cachePath(wish));
  return obtain(wish);
}

function isYoung(certificate: Pick<IssuedCertificate, 'notBefore' | 'notAfter'>, now: number): boolean {
  const begins = Date.parse(certificate.notBefore);
  const ends = Date.parse(certificate.notAfter);
  return now >= begins && now < begins + (ends - begins) * RENEW_AFTER;
}

async function obtain(wish: CertificateWish): Promise<IssuedCertificate> {
  const path = cachePath(wish);
  const kept = await readPrivate<IssuedCertificate>(path);
  if (isWhole(kept) && isYoung(kept, wish.now())) return kept;
  const issued = await request(wish);
  await writePrivate(path, issued);
  return issued;
}

function cachePath({ installation, cluster, cacheDirectory }: CertificateWish): string {
  return join(cacheDirectory, 'certificates', `${installationKey(installation)}--${cluster}.json`);
}

function isWhole(kept: Partial<IssuedCertificate> | undefined): kept is IssuedCertificate {
  const fields = ['key', 'certificate', 'authorities', 'notBefore', 'notAfter'] as const;
  return kept !== undefined && fields.every((field) => typeof kept[field] === 'string');
}

async function request(wish: CertificateWish): Promise<IssuedCertificate> {
  const { requestCertificate } = await import('../../reconciler/access/certificate-client.ts');
  const { access } = wish.installation;
  const ask = async (fresh: boolean) =>
    requestCertificate({
      url: await functionUrl(wish.installation, wish.cacheDirectory, fresh),
      region: access.region,
      credentials: access.credentials,
      cluster: wish.cluster,
    });
  const asked = (fresh: boolean) => patiently(() => ask(fresh), wish.pauses ?? PAUSES_MS);
  // The address that was kept may be one of an installation that has been made anew since.
  return asked(false).catch((error) => (isBusy(error) ? explain(error) : asked(true).catch(explain)));
}

async function patiently<T>(ask: () => Promise<T>, pauses: readonly number[]): Promise<T> {
  for (const pause of pauses) {
    try {
      return await ask();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    await sleep(pause * (0.5 + Math.random()));
  }
  return ask();
}

/** Lambda has answered in the reconciler's place: throttled, or it ended before its answer. */
function isBusy(error: unknown): boolean {
  const { code, status } = error as { code?: string; status?: number };
  return code === 'Unreachable' && status !== undefined;
}

function explain(error: unknown): never {
  const { name, code, message } = error as { name?: string; code?: string; message: string };
  if (name !== 'AccessError') throw error;
  const kind = code === 'Refused' ? 'permission' : code === 'BadAnswer' ? 'protocol' : 'unavailable';
  throw new Failure(kind, `no certificate could be had: ${message}`, { next: 'bbf login' });
}
