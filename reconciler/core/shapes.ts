/** The stacks that a cluster should have, and whether each may be updated or removed now. */
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { poolShape } from '../../templates/pool.ts';
import { serverShape } from '../../templates/server.ts';
import type { Observation } from './observation.ts';
import { type ServiceFacts, type Situation, situationOf } from './situation.ts';
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
  const server = serverStackName(s.installation, s.cluster);
  const poolsGone = Object.values(s.pools).every(empty);
  const pools = Object.keys(s.pools).map((pool): [string, StackWish] => {
    const stack = poolStackName(s.installation, s.cluster, pool);
    const facts = s.pools[pool] as ServiceFacts;
    const wanted = s.spec.pools[pool] && !(removed && empty(facts));
    const shape = wanted ? poolShape({ ...common, pool, initial: !facts.exists }) : null;
    return [pool, { stack, shape, quiet: empty(facts) }];
  });
  const keep = !(removed && empty(s.server) && poolsGone);
  const shape = keep ? serverShape({ ...common, initial: !s.server.exists }) : null;
  const quiet = shape === null || serverQuiet(s);
  return { server: { stack: server, shape, quiet }, pools: Object.fromEntries(pools) };
}

/** Which stacks a pass must read: those whose shape, service or last known state leaves a doubt. */
export function stacksToRead(o: Observation, maxAgeMs: number): string[] {
  const s = situationOf(o);
  if (!s) return [];
  const { server, pools } = stackWishes(o, s, s.spec.delete !== undefined);
  const doubtful = ({ stack, shape }: StackWish, facts: ServiceFacts) => {
    const last = s.previous?.stacks[stack];
    if (!last) return true;
    const fresh = s.now - Date.parse(last.readAt) < maxAgeMs;
    const settled = last.status.endsWith('_COMPLETE') && last.attempt === null && last.hash === (shape?.hash ?? null);
    return !(fresh && settled && facts.exists);
  };
  return [
    ...(doubtful(server, s.server) ? [server.stack] : []),
    ...Object.entries(pools)
      .filter(([pool, wish]) => doubtful(wish, s.pools[pool] as ServiceFacts))
      .map(([, wish]) => wish.stack),
  ];
}

const empty = (facts: ServiceFacts) => facts.desired === 0 && facts.running === 0 && facts.pending === 0;

/** Replacing the server ends the builds that use it, so it waits until none can be running. */
function serverQuiet(s: Situation): boolean {
  if (s.leases === null || s.leases.length > 0) return false;
  if (s.activity.state === 'not-expected') return true;
  return s.activity.state === 'known' && s.activity.activity.queued + s.activity.activity.running === 0;
}

/** Pools whose stack waits for an update: nobody claims them, so their workers may drain for it. */
export function poolsToRoll(s: Situation, wishes: ClusterStacks, outdated: (stack: string) => boolean): Set<string> {
  if (!serverQuiet(s)) return new Set();
  const waiting = Object.entries(wishes.pools).filter(([, wish]) => !wish.quiet && outdated(wish.stack));
  return new Set(waiting.slice(0, 1).map(([pool]) => pool));
}
