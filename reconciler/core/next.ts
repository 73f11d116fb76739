/** When to look again, and the next thing that will happen by itself. */

import { isRenewed } from '../../config-schema/claimant.ts';
import type { Status } from '../../config-schema/documents.ts';
import { durationMs } from '../../config-schema/durations.ts';
import { type Conditions, leaving } from './conditions.ts';
import { nextBudget } from './cost.ts';
import type { Decision } from './decision.ts';
import type { DraftCondition } from './draft-condition.ts';
import { activeFloors, nextFloorStart } from './floors.ts';

/** Between two looks at something that converges; grows with the time it has taken, so that what is stuck costs little. */
const LOOK_AGAIN_MIN_MS = 1_000;
const LOOK_AGAIN_MAX_MS = 60_000;
/** While only what nothing wants is on its way out, which may take as long as a build. */
const LEAVING_PAUSE_MS = 10_000;

interface Next {
  next: Status['next'];
  lookAgainAt: number | null;
}

export function nextOf(d: Decision, { all, moving }: Conditions): Next {
  const { now } = d.situation;
  const event = timers(d)
    .filter((timer) => timer.at > now)
    .sort((a, b) => a.at - b.at)[0];
  const next = event ? { at: new Date(event.at).toISOString(), what: event.what } : null;
  const soon = moving || d.actions.length > 0 ? now + pause(d, all) : leaving(d) ? now + LEAVING_PAUSE_MS : null;
  const times = [soon, event?.at ?? null].filter((at) => at !== null);
  return { next, lookAgainAt: times.length > 0 ? Math.min(...times) : null };
}

function pause(d: Decision, conditions: DraftCondition[]): number {
  // It is said to need a person: now and then is enough.
  if (conditions.some(({ type, status }) => type === 'Stalled' && status === 'True')) return LOOK_AGAIN_MAX_MS;
  const since = d.situation.previous?.conditions.find((condition) => condition.type === 'Reconciling');
  const elapsed = since?.status === 'True' ? d.situation.now - Date.parse(since.lastTransitionTime) : 0;
  return Math.min(LOOK_AGAIN_MAX_MS, Math.max(LOOK_AGAIN_MIN_MS, elapsed / 20));
}

type Timer = { at: number; what: string };

function timers(d: Decision): Timer[] {
  const s = d.situation;
  const idle =
    d.sleep.idleSince !== null && d.sleep.asleep === null && s.server.desired > 0
      ? [
          {
            at: d.sleep.idleSince + durationMs(s.spec.scaling.idleAfter),
            what: 'goes to sleep unless something wants it',
          },
        ]
      : [];
  const shrink = d.shrinkDue === null ? [] : [{ at: d.shrinkDue, what: 'drains workers that nothing wants' }];
  // Whose it is changes with each renewal of two, and status is written whenever this text is another one.
  const leases = (s.leases ?? []).map(({ lease, expiresAt }) => ({
    at: expiresAt,
    what: isRenewed(lease.id) ? 'a lease ends unless it is renewed' : 'a lease ends',
  }));
  // Nothing is done while it is suspended, and a lease ends all the same.
  if (s.spec.suspend) return leases;
  // It ends for good: neither a schedule nor sleep comes any more.
  if (d.goals.deleting) return [...shrink, ...leases];
  const ends = activeFloors(s.spec, s.now).map((floor) => ({ at: floor.endsAt, what: `schedule ${floor.cron} ends` }));
  const start = nextFloorStart(s.spec, s.now);
  const starts = start === null ? [] : [{ at: start, what: 'a schedule begins' }];
  const day = nextBudget(d);
  const budget = day === null ? [] : [{ at: day, what: 'the budget of a new day begins' }];
  return [...idle, ...shrink, ...leases, ...ends, ...starts, ...budget];
}
