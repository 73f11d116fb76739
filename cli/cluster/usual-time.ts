/** How long a cluster usually takes to become ready, from the versions of its status. */
import type { Status } from '../../config-schema/documents.ts';
import type { Installation } from '../context/installation.ts';
import { holds, readyWorkers } from './progress-lines.ts';
import { readStatusVersion, statusVersions } from './status-versions.ts';

/** Versions that are looked at; a wake writes about five. */
const VERSIONS = 30;
/** A wait that is shorter needs no estimate. */
const SHORT_MS = 3_000;

/** For `waitFor`: nothing is read before the wait has lasted for a while, and what can't be read, or is over, is no estimate. */
export function usualTime(installation: Installation, cluster: string): (waitedMs: number) => number | undefined {
  let asked = false;
  let usual: number | undefined;
  const ask = async () => {
    const versions = (await statusVersions(installation, cluster)).slice(0, VERSIONS);
    const statuses = await Promise.all(versions.map((version) => readStatusVersion(installation, cluster, version)));
    usual = usualSpan(statuses.filter((status) => status !== null).reverse());
  };
  return (waitedMs) => {
    if (!asked && waitedMs >= SHORT_MS) {
      asked = true;
      void ask().catch(() => {});
    }
    return usual !== undefined && waitedMs < usual ? usual : undefined;
  };
}

/**
 * The median of the spans, milliseconds, from a status that was not ready to the first one that was, where that had workers: without any, an
 * edit comes true in seconds, and tells nothing of a wake. undefined where there is none.
 * @param statuses oldest first
 */
export function usualSpan(statuses: readonly Status[]): number | undefined {
  const spans: number[] = [];
  let since: number | undefined;
  for (const [index, status] of statuses.entries()) {
    const at = Date.parse(status.heartbeatAt);
    const ready = holds(status, 'Ready');
    // What began before the first version has no known beginning.
    if (!ready && since === undefined && index > 0) since = at;
    if (!ready || since === undefined) continue;
    if (hasWorkers(status)) spans.push(at - since);
    since = undefined;
  }
  return spans.sort((one, other) => one - other)[Math.floor(spans.length / 2)];
}

const hasWorkers = ({ pools }: Status) => Object.values(pools).some((pool) => readyWorkers(pool) > 0);
