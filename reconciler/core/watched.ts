/** Whether the fast schedule watches over a cluster: while anything runs, is wanted, or is on its way. */
import { nextBudget } from './cost.ts';
import type { Decision } from './decision.ts';
import { nextFloorStart } from './floors.ts';
import type { Observation } from './observation.ts';
import type { Action } from './plan.ts';
import { type Situation, standsStill } from './situation.ts';

type Movement = Pick<Decision, 'situation' | 'goals' | 'cost' | 'serverStack' | 'poolStacks'>;

/** Turned on by the pass that finds something to watch. */
export function fastSchedule(d: Movement): Action[] {
  if (!isMoving(d) || isWatched(d.situation)) return [];
  return [{ type: 'SetFastSchedule', enabled: true, reason: 'ClusterAwake', evidence: {} }];
}

/** The fast schedule is on. A foundation that was deployed again, by another version, has set the rule back to off. */
const isWatched = ({ previous, version }: Situation): boolean =>
  previous?.awake === true && previous.version === version;

/** The fast schedule watches: as it does already, or as this pass turns it on. */
export const isAwake = (o: Observation, d: Movement): boolean =>
  isMoving(d) && (isWatched(d.situation) || !standsStill(o, d.situation));

/** Anything runs, is wanted, or is on its way. */
function isMoving(d: Movement): boolean {
  const { server, pools, servicesKnown } = d.situation;
  const runs = [server, ...Object.values(pools)].some((facts) => facts.desired + facts.running + facts.pending > 0);
  const moves = [d.serverStack, ...Object.values(d.poolStacks)].some(
    (step) => step.state === 'act' || step.state === 'waiting',
  );
  return !servicesKnown || runs || moves || d.goals.server.wanted > 0 || isAboutToBegin(d);
}

/** The slow schedule comes every 15 minutes, and later where it is delayed: too late for a window, or a day's budget, that begins in between. */
const WATCH_BEFORE_MS = 16 * 60_000;

function isAboutToBegin(d: Movement): boolean {
  const { spec, now } = d.situation;
  const starts = [nextFloorStart(spec, now), nextBudget(d)];
  return !spec.suspend && starts.some((start) => start !== null && start - now <= WATCH_BEFORE_MS);
}
