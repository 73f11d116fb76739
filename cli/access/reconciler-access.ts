/** Asks something of the reconciler's Function URL: patient while it is busy, and with its address looked up anew where the kept one fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessPoint } from '../../reconciler/access/certificate-client.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { functionUrl } from './function-url.ts';

export interface ReconcilerPlace {
  installation: Installation;
  cacheDirectory: string;
  /** Milliseconds between the tries of a reconciler that is busy. */
  pauses?: readonly number[];
}

/** For some seconds the passes of a cluster that changes may take every execution that Lambda grants (10 in a new account). */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];

/**
 * @param goal completes "… could be had", e.g. `no certificate`
 * @throws Failure (permission, protocol, unavailable)
 */
export async function askReconciler<T>(
  place: ReconcilerPlace,
  goal: string,
  ask: (point: AccessPoint) => Promise<T>,
): Promise<T> {
  const { region, credentials } = place.installation.access;
  const once = async (fresh: boolean) =>
    ask({ url: await functionUrl(place.installation, place.cacheDirectory, fresh), region, credentials });
  const asked = (fresh: boolean) => patiently(() => once(fresh), place.pauses ?? PAUSES_MS);
  try {
    // The address that was kept may be one of an installation that has been made anew since.
    return await asked(false).catch((error) => (isBusy(error) ? Promise.reject(error) : asked(true)));
  } catch (error) {
    throw explained(goal, error);
  }
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

function explained(goal: string, error: unknown): unknown {
  const { name, code, message } = error as { name?: string; code?: string; message: string };
  if (name !== 'AccessError') return error;
  const kind = code === 'Refused' ? 'permission' : code === 'BadAnswer' ? 'protocol' : 'unavailable';
  return new Failure(kind, `${goal} could be had: ${message}`, { next: 'bbf doctor' });
}
