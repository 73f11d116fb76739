/** Gets this program's certificate, and a new one long before it expires. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccessTarget, requestCertificate } from '../reconciler/access/certificate-client.ts';
import type { TlsMaterial } from '../reconciler/access/tls-material.ts';
import type { Log } from './log.ts';

export interface Certificates {
  current: TlsMaterial;
  stop(): void;
}

interface Dates {
  notBefore: string;
  notAfter: string;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Timers stand still while a machine sleeps, and a certificate's time does not: the clock is looked at as often as this. */
const LONGEST_TIMER_MS = 60_000;

/** When two thirds of the time have passed: the last third is left to try again in. */
export function renewAt({ notBefore, notAfter }: Dates): number {
  const from = Date.parse(notBefore);
  return from + ((Date.parse(notAfter) - from) * 2) / 3;
}

/** A task is useless without a certificate, and at its start the reconciler may still be cold, so it asks until it gets one. */
async function insist(target: AccessTarget, log: Log) {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
    try {
      return await requestCertificate(target);
    } catch (error) {
      log('no certificate yet', { error: error instanceof Error ? error.message : String(error) });
      await sleep(wait * (0.5 + Math.random()));
    }
  }
}

/** @param onRenewed gets each certificate after the first, again after `retryMs` where it throws */
export async function keepCertificate(
  target: AccessTarget,
  onRenewed: (material: TlsMaterial) => void,
  log: Log,
  retryMs = LAST_RETRY_MS,
): Promise<Certificates> {
  const first = await insist(target, log);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const certificates: Certificates = {
    current: first,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
  const plan = (dates: Dates) => {
    const wait = Math.max(1_000, renewAt(dates) - Date.now());
    timer = setTimeout(() => renew(dates), Math.min(wait, LONGEST_TIMER_MS)).unref();
  };
  const renew = async (dates: Dates) => {
    if (renewAt(dates) > Date.now()) return plan(dates);
    const next = await insist(target, log);
    if (stopped) return;
    certificates.current = next;
    log('certificate renewed', { notAfter: next.notAfter });
    handOver(next);
    plan(next);
  };
  // A full disk, say: the certificate before is good for a third of its life yet.
  const handOver = (next: TlsMaterial) => {
    if (stopped || certificates.current !== next) return;
    try {
      onRenewed(next);
    } catch (error) {
      log('the certificate could not be handed over', {
        error: error instanceof Error ? error.message : String(error),
      });
      setTimeout(() => handOver(next), retryMs).unref();
    }
  };
  plan(first);
  return certificates;
}
