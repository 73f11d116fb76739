/** The stacks that a cluster should have, and whether each may be updated or removed now. */
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { poolShape } from '../../templates/pool.ts';
import { serverShape } from '../../templates/server.ts';
import { hasShape } from '../../templates/shape.ts';
import { leasedWorkers } from './demand.ts';
import { CLOCK_TOLERANCE_MS } from './live-leases.ts';
import type { Observation } from './observation.ts';
import {
  isBeingDeleted,
  presentWorkers,
  type ServiceFacts,
  type Situation,
  serverIdle,
  situationOf,
  workless,
} from './situation.ts';
import type { StackWish } from './stack-step.ts';

export interface ClusterStacks {
  server: StackWish;
  /** By pool. */
  pools: Record<string, StackWish>;
}

/** `removed` says that all stacks shall go. */
export function stackWishes(o: Observation, s: Situation, removed: boolean): ClusterStacks {
  const common = {
    installation: s.installation,
    cluster: s.cluster,
    uid: s.uid,
    spec: s.spec,
    defaultEngine: o.defaultEngine,
  };
  const gone = (facts: ServiceFacts) => s.servicesKnown && empty(facts);
  const pools = Object.entries(s.pools).map(([pool, facts]): [string, StackWish] => {
    const stack = poolStackName(s.installation, s.cluster, pool);
    const wanted = s.spec.pools[pool] && !removed;
    const shape = wanted ? poolShape({ ...common, pool, initial: !facts.exists }) : null;
    const quiet = gone(facts) || (shape !== null && workless(s, pool));
    return [pool, { stack, shape, quiet, promised: false, claimed: isClaimed(s, pool), facts }];
  });
  const stack = serverStackName(s.installation, s.cluster);
  const facts = s.server;
  const shape = removed ? null : serverShape({ ...common, initial: !facts.exists });
  const quiet = removed ? [facts, ...Object.values(s.pools)].every(gone) : serverIdle(s) && isAnnounced(s);
  const promised = !isAnnounced(s) || isWorking(s);
  return { server: { stack, shape, quiet, promised, claimed: false, facts }, pools: Object.fromEntries(pools) };
}

/** Workers that the farm knows, and a lease claims or an action occupies. Tasks that never became workers are in nobody's use. */
function isClaimed(s: Situation, pool: string): boolean {
  if (!s.servicesKnown) return true;
  if (s.activity.state === 'unknown') {
    return s.activity.served && (s.pools[pool]?.running ?? 0) > 0 && leasedWorkers(s, pool) > 0;
  }
  const workers = presentWorkers(s, pool);
  return workers.some(({ running }) => running > 0) || (workers.length > 0 && leasedWorkers(s, pool) > 0);
}

/**
 * A client that takes its lease after our last look at the leases goes by the status: that must send nobody to the server any more,
 * before the server is replaced.
 */
const isAnnounced = (s: Situation) => (s.previous?.endpoint ?? null) === null;

/** For builds that were sent to it before status ceased to. */
const isWorking = ({ activity }: Situation): boolean =>
  activity.state === 'known' && activity.activity.queued + activity.activity.running > 0;

/** Which stacks a pass must read: those whose shape, service or last known state leaves a doubt. */
export function stacksToRead(o: Observation, maxAgeMs: number): string[] {
  const s = situationOf(o);
  if (!s) return [];
  const { server, pools } = stackWishes(o, s, isBeingDeleted(s));
  const doubtful = ({ stack, shape }: StackWish, facts: ServiceFacts) => {
    const last = s.previous?.stacks[stack];
    if (!last) return true;
    const fresh = s.now - Date.parse(last.readAt) < maxAgeMs;
    const tried = Object.keys(last.attempts ?? {}).length > 0;
    const settled = last.status.endsWith('_COMPLETE') && !tried && shape !== null && hasShape(last.hash, shape.hash);
    return !(fresh && settled && facts.state === 'ACTIVE' && !isDeployedSince(facts, last.readAt));
  };
  return [
    ...(doubtful(server, s.server) ? [server.stack] : []),
    ...Object.entries(pools)
      .filter(([pool, wish]) => doubtful(wish, s.pools[pool] as ServiceFacts))
      .map(([, wish]) => wish.stack),
  ];
}

/** By an update that no status tells of, as its pass died or could not write, or by hand. */
const isDeployedSince = ({ deployedAt }: ServiceFacts, readAt: string) =>
  deployedAt !== null && deployedAt + CLOCK_TOLERANCE_MS > Date.parse(readAt);

const empty = (facts: ServiceFacts) => facts.desired === 0 && facts.running === 0 && facts.pending === 0;

/** Pools whose stack is not known to be of the wanted shape: what runs of them may be of another one. */
export function outdatedPools(o: Observation, s: Situation, { pools }: ClusterStacks): string[] {
  const outdated = Object.entries(pools).filter(([, { stack, shape }]) => {
    const read = o.stacks[stack];
    const seen = read?.known && read.value.state === 'present' ? read.value : s.previous?.stacks[stack];
    return shape !== null && !hasShape(seen?.hash, shape.hash);
  });
  return outdated.map(([pool]) => pool);
}

/** Pools whose stack waits for its tasks to go: nobody claims them, so their workers may drain for it. */
export function poolsToRoll(s: Situation, wishes: ClusterStacks, outdated: (pool: string) => boolean): Set<string> {
  if (!serverIdle(s) || s.leases?.length !== 0) return new Set();
  const waiting = Object.entries(wishes.pools).filter(([pool, wish]) => wish.shape && !wish.quiet && outdated(pool));
  return new Set(waiting.slice(0, 1).map(([pool]) => pool));
}
