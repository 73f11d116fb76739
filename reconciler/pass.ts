/** One pass of one cluster: observe, decide, act, report. */
import type { Status } from '../config-schema/documents.ts';
import { activityKey, clusterKey, clusterPrefix, leasesPrefix, lockKey, statusKey } from '../config-schema/keys.ts';
import { parseOwnedName } from '../templates/names.ts';
import { act } from './act.ts';
import { decide } from './core/decide.ts';
import type { Observation } from './core/observation.ts';
import { type ActionResult, type Plan, targetOf } from './core/plan.ts';
import { announced, report, worthWriting } from './core/report.ts';
import { removeEndedLeases } from './ended-leases.ts';
import { etagOf } from './entries.ts';
import type { Lock } from './lock.ts';
import { observe } from './observe.ts';
import type { Entry, Ports, Settings } from './ports.ts';

export interface PassResult {
  status: Status;
  /** When to look again although nothing woke us, milliseconds; null: the schedule is soon enough. */
  lookAgainAt: number | null;
  /** Another pass holds the lock, and this one had something to do or to say. */
  blocked: boolean;
  /** The listing that it rests on. */
  decidedOn: Entry[];
}

/** Thrown after status was written, so that the invocation fails and its alarm fires. */
class UnexpectedFailure extends Error {}

interface Look {
  entries: Entry[];
  observation: Observation;
  plan: Plan;
}

/**
 * Whatever is done or said was decided on what was read under the lock: a pass that finds something to do takes the lock and
 * begins anew. So no pass acts on a view that another one has overtaken, and no build is promised what is being taken away.
 */
export async function pass(
  ports: Ports,
  settings: Settings,
  cluster: string,
  entries: Entry[],
  lock: Lock,
): Promise<PassResult> {
  const first = await look(ports, settings, cluster, entries);
  if (isIdle(first, cluster)) {
    // Who died as it forgot the cluster left its lock, which alone would keep the name for ever: taken over, it is given back.
    if (isForgotten(first, cluster) && etagOf(entries, lockKey(cluster)) !== null) await lock.hold();
    return atRest(first);
  }
  if (lock.isHeld()) return perform(ports, settings, cluster, first, lock);
  if (!(await lock.hold())) {
    ports.log.info({ cluster }, 'another pass is at work');
    await wake(ports, first);
    return { ...outdone(first), blocked: true };
  }
  const second = await look(ports, settings, cluster, await ports.documents.list(clusterPrefix(cluster)));
  return isIdle(second, cluster) ? atRest(second) : perform(ports, settings, cluster, second, lock);
}

/** The other pass may have ended with the lock in its hand, before it turned the schedule on that takes the lock over: this needs no lock. */
async function wake({ schedule }: Ports, { plan }: Look): Promise<void> {
  const wakes = plan.actions.some((action) => action.type === 'SetFastSchedule' && action.enabled);
  if (wakes && !(await schedule.isFast())) await schedule.setFast(true);
}

async function look(ports: Ports, settings: Settings, cluster: string, entries: Entry[]): Promise<Look> {
  const observation = await observe(ports, settings, cluster, entries);
  return { entries, observation, plan: decide(observation) };
}

const atRest = ({ entries, plan: { status, lookAgainAt } }: Look): PassResult => ({
  status,
  lookAgainAt,
  blocked: false,
  decidedOn: entries,
});

/** Nothing to do, and nothing new to say. */
function isIdle(work: Look, cluster: string): boolean {
  if (isForgotten(work, cluster)) return true;
  const { observation, plan } = work;
  const isDone = plan.actions.length === 0 && !plan.forget;
  return isDone && !worthWriting(observation.status, plan.status, observation.now);
}

/** Nothing is there of a cluster that is gone. */
function isForgotten({ entries, observation, plan }: Look, cluster: string): boolean {
  if (plan.forget) return leftovers(entries, cluster, plan.forget).length === 0;
  // Events of a cluster's end arrive after its end; a status would bring its name back.
  const isThere = observation.document.state !== 'absent' || observation.accepted !== null;
  return plan.actions.length === 0 && !isThere && etagOf(entries, statusKey(cluster)) === null;
}

async function perform(ports: Ports, settings: Settings, cluster: string, work: Look, lock: Lock): Promise<PassResult> {
  const { entries, observation, plan } = work;
  if (isUnannounced(work)) {
    if (!(await say(ports, cluster, work, announced(observation, plan)))) return outdone(work);
    return pass(ports, settings, cluster, await ports.documents.list(clusterPrefix(cluster)), lock);
  }
  const ground = { entries, leases: plan.status.leases.map(({ id }) => id) };
  const results = await act(ports, cluster, plan.actions, lock, ground);
  logResults(ports, cluster, results);
  const status = report(observation, plan, results);
  if (plan.forget) {
    await forget(ports, cluster, work);
    return { status, lookAgainAt: null, blocked: false, decidedOn: [] };
  }
  const said = await say(ports, cluster, work, status);
  await removeEndedLeases(ports, cluster, entries);
  const failure = results.find((result) => result.outcome === 'failed' && result.kind === 'unexpected');
  if (failure?.outcome === 'failed')
    throw new UnexpectedFailure(`${failure.action.type} ${targetOf(failure.action)}: ${failure.error}`);
  const result = said ? { ...atRest(work), status } : outdone(work);
  return results.some(isRefused) ? { ...result, lookAgainAt: null } : result;
}

/** A stack is to be made that no status names. Where the pass dies before it says so, the next document may name it no more, and nobody would look for it. */
function isUnannounced({ observation: { installation, status }, plan }: Look): boolean {
  return plan.actions.some((action) => {
    if (action.type !== 'CreateStack') return false;
    const pool = parseOwnedName(installation, action.stack)?.pool;
    return status === null || (pool !== undefined && status.pools[pool] === undefined);
  });
}

/** False when somebody else wrote meanwhile: that word stands. */
async function say(ports: Ports, cluster: string, { entries }: Look, status: Status): Promise<boolean> {
  const written = await ports.documents.write(statusKey(cluster), textOf(status), etagOf(entries, statusKey(cluster)));
  if (written === null) ports.log.error({ cluster }, 'status was written by somebody else; that word stands');
  return written !== null;
}

/** What a status says that could not be written is nobody's word: the one that was read is nearer to what stands. */
const outdone = (work: Look): PassResult => ({
  ...atRest(work),
  status: work.observation.status ?? work.plan.status,
});

const textOf = (status: Status) => `${JSON.stringify(status, null, 1)}\n`;

/** What AWS refuses it will refuse again in a second: the schedule is soon enough. */
const isRefused = (result: ActionResult) => result.outcome === 'failed' && result.kind === 'stalled';

/** The document itself is its owner's to remove. Status goes last: while it is there, a crash in between is found and mended. */
function leftovers(entries: Entry[], cluster: string, forget: Plan['forget']): Entry[] {
  const isOurs = ({ key }: Entry) => key === activityKey(cluster) || key.startsWith(leasesPrefix(cluster));
  const status = entries.filter(({ key }) => key === statusKey(cluster));
  return [...(forget === 'cluster' ? entries.filter(isOurs) : []), ...status];
}

async function forget(ports: Ports, cluster: string, { entries, plan }: Look): Promise<void> {
  const key = clusterKey(cluster);
  // A new document is a new cluster, whose leases these may be.
  if (etagOf(await ports.documents.list(key), key) !== etagOf(entries, key)) return;
  for (const entry of leftovers(entries, cluster, plan.forget)) await ports.documents.remove(entry.key, entry.etag);
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
