/** One pass of one cluster: observe, decide, act, report. */
import type { Status } from '../config-schema/documents.ts';
import { clusterKey, lockKey, statusKey } from '../config-schema/keys.ts';
import { act } from './act.ts';
import { decide } from './core/decide.ts';
import type { ActionResult } from './core/plan.ts';
import { report, targetOf, worthWriting } from './core/report.ts';
import type { Lock } from './lock.ts';
import { observe } from './observe.ts';
import type { Entry, Ports, Settings } from './ports.ts';

export interface PassResult {
  status: Status;
  /** When to look again although nothing woke us, milliseconds; null: the schedule is soon enough. */
  lookAgainAt: number | null;
}

/** Thrown after status was written, so that the invocation fails and its alarm fires. */
class UnexpectedFailure extends Error {}

export async function pass(
  ports: Ports,
  settings: Settings,
  cluster: string,
  entries: Entry[],
  lock: Lock,
): Promise<PassResult> {
  const observation = await observe(ports, settings, cluster, entries);
  const plan = decide(observation);
  if (promises(observation.status, plan.status) && !(await lock.hold())) {
    ports.log.info({ cluster }, 'another pass is at work; its outcome comes before any promise to a build');
    return { status: observation.status ?? plan.status, lookAgainAt: observation.now + LOOK_AGAIN_MS };
  }
  const results = await act(ports, cluster, plan.actions, lock, entries);
  logResults(ports, cluster, results);
  const status = report(observation, plan, results);
  if (plan.forget) {
    await forget(ports, cluster, entries);
    return { status, lookAgainAt: null };
  }
  const before = entries.find((entry) => entry.key === statusKey(cluster))?.etag ?? null;
  // Events of a cluster's end arrive after its end; a status would bring its name back.
  if (observation.document.state === 'absent' && before === null) return { status, lookAgainAt: null };
  if (worthWriting(observation.status, status, observation.now)) {
    const text = `${JSON.stringify(status, null, 1)}\n`;
    const written = await ports.documents.write(statusKey(cluster), text, before);
    if (written === null) ports.log.info({ cluster }, 'another pass wrote status first; its word stands');
  }
  const failure = results.find((result) => result.outcome === 'failed' && result.kind === 'unexpected');
  if (failure?.outcome === 'failed')
    throw new UnexpectedFailure(`${failure.action.type} ${targetOf(failure.action)}: ${failure.error}`);
  return { status, lookAgainAt: results.some(isRefused) ? null : plan.lookAgainAt };
}

/** While another pass holds the lock. */
const LOOK_AGAIN_MS = 1_000;

/** What AWS refuses it will refuse again in a second: the schedule is soon enough. */
const isRefused = (result: ActionResult) => result.outcome === 'failed' && result.kind === 'stalled';

/**
 * True when the new status tells a build something to rely on: its lease is seen, or the cluster wakes. Under the lock, so that
 * no other pass is about to take away what it decided to before it could see the lease.
 */
function promises(before: Status | null, after: Status): boolean {
  const seen = new Set(before?.leases.map((lease) => lease.id));
  return after.leases.some((lease) => !seen.has(lease.id)) || (before?.asleep != null && after.asleep === null);
}

/** Status goes last: while it is there, a crash in between is found and mended by the next pass. */
async function forget(ports: Ports, cluster: string, entries: Entry[]): Promise<void> {
  const keep = [clusterKey(cluster), lockKey(cluster)];
  const own = entries.filter((entry) => !keep.includes(entry.key) && entry.key !== statusKey(cluster));
  const status = entries.filter((entry) => entry.key === statusKey(cluster));
  for (const entry of [...own, ...status]) await ports.documents.remove(entry.key, entry.etag);
}

function logResults(ports: Ports, cluster: string, results: ActionResult[]) {
  for (const result of results) {
    const { type, reason, evidence } = result.action;
    const fields = {
      cluster,
      action: type,
      target: targetOf(result.action),
      reason,
      evidence,
      outcome: result.outcome,
    };
    if (result.outcome === 'failed')
      ports.log.error({ ...fields, kind: result.kind, error: result.error }, 'action failed');
    else ports.log.info(fields, 'action');
  }
}
