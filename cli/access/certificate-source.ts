/** The certificate of one build: always one that is good, renewed when two thirds of its life are over, also while Bazel runs. */
import { elapsed } from '../output/elapsed.ts';
import {
  type CertificateWish,
  freshCertificate,
  isGood,
  isYoung,
  type KeptCertificate,
  keptCertificate,
} from './certificate.ts';

export interface CertificateSource {
  /**
   * One that is good now; with several callers at once, the reconciler is asked once.
   * @param distrusted the other side would not have the last one
   * @throws Failure where there is none that is good
   */
  get(distrusted?: boolean): Promise<KeptCertificate>;
  /** Why the last try to renew it brought nothing; undefined once one did. */
  failure(): Error | undefined;
  /** Renews it by the clock from now on; answers how to stop that. */
  keepFresh(): () => void;
}

/** A certificate that was refused is asked for anew, but no more often than this. */
const DISTRUSTED_PAUSE_MS = 10_000;
/** Between two tries to renew one that is still good. */
const RENEWAL_PAUSE_MS = 10_000;
/** Timers of Node may fire a millisecond before their time, which would find nothing to do. */
const TIMER_EARLY_MS = 2;

export function certificateSource(wish: CertificateWish): CertificateSource {
  let current: KeptCertificate | undefined;
  let asking: Promise<KeptCertificate> | undefined;
  let failure: Error | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let forcedAt = Number.NEGATIVE_INFINITY;

  /** Another bbf may have renewed the kept one meanwhile. */
  const obtain = async (force: boolean) => {
    const isAwaited = current === undefined;
    const kept = force ? undefined : await keptCertificate(wish);
    if (kept !== undefined) current = kept;
    if (kept !== undefined && isYoung(kept, wish.now())) return kept;
    // A function that has to start first takes seconds.
    if (isAwaited) wish.note?.(`asking the reconciler for a certificate for ${wish.cluster}`);
    return freshCertificate(wish);
  };
  const ask = (force: boolean) => {
    asking ??= obtain(force)
      .then((certificate) => {
        failure = undefined;
        current = certificate;
        return certificate;
      })
      .catch((error: Error) => {
        if (current === undefined || !isGood(current, wish.now())) throw error;
        if (failure === undefined) wish.note?.(notRenewed(current, error, wish.now()));
        failure = error;
        failedAt = wish.now();
        return current;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  const get = async (distrusted = false) => {
    const now = wish.now();
    if (distrusted && now - forcedAt > DISTRUSTED_PAUSE_MS) {
      forcedAt = now;
      return ask(true);
    }
    if (current === undefined || !isGood(current, now)) return ask(false);
    // Nobody has to wait for the renewal of one that is good.
    if (!isYoung(current, now) && now - failedAt > RENEWAL_PAUSE_MS) void ask(false).catch(() => {});
    return current;
  };
  return { get, failure: () => failure, keepFresh: () => repeat(get, () => current, wish.now) };
}

function repeat(
  get: () => Promise<KeptCertificate>,
  current: () => KeptCertificate | undefined,
  now: () => number,
): () => void {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const plan = () => {
    if (stopped) return;
    const untilDue = Date.parse(current()?.renewAt ?? '') - now();
    const wait = untilDue > 0 ? untilDue + TIMER_EARLY_MS : RENEWAL_PAUSE_MS;
    timer = setTimeout(() => void look(), wait).unref();
  };
  const look = async () => {
    await get().catch(() => {});
    plan();
  };
  plan();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function notRenewed({ notAfter }: KeptCertificate, error: Error, now: number): string {
  return `the certificate could not be renewed yet, and is good for another ${elapsed(Date.parse(notAfter) - now)}: ${error.message}`;
}
