/** A build that waits is told in time that it may start, or that it is hopeless, and the latter only where it is. */
import { RECONCILER_TIMEOUT_SECONDS } from '../../../templates/reconciler.ts';
import type { History } from '../history.ts';
import { lastingCause } from './liveness.ts';
import { clusterOf, inForce, isFaultless, oracle, type Sight } from './sight.ts';

/** A server starts within a few minutes; a build waits no longer than this without being told that it is hopeless. */
const WAKE_MS = 15 * 60_000;

export const buildsAreServed = oracle(
  'L4',
  `A build is told that it may start, or that it is hopeless, within ${WAKE_MS / 60_000} minutes of its lease or of the end of the faults.`,
  'end',
  (sight, history) => {
    const calmAt = sight.begunAt + sight.story.calmAt;
    return history.builds.flatMap((event) => {
      if (event.what !== 'lease') return [];
      const own = history.builds.filter((other) => other.build === event.build && other.cluster === event.cluster);
      const answer = own.find((other) => other.at >= event.at && other.what !== 'lease' && other.what !== 'renewed');
      const waited = (answer?.at ?? sight.now) - Math.max(event.at, calmAt);
      const spec = clusterOf(inForce(history, event.cluster))?.spec ?? null;
      const excused = lastingCause(sight, spec, event.cluster) || !spec || spec.suspend || spec.delete !== undefined;
      const isLost = answer?.what === 'gave-up' && !isOutOfTime(sight, history, event.at, answer.at);
      const inVain = isLost || (answer?.what === 'hopeless' && isEverServed(sight, history, event.cluster));
      const unheard = waited > WAKE_MS || (inVain && (event.at >= calmAt || isFaultless(sight.story)));
      return unheard && !excused
        ? [
            `build ${event.build} waited ${Math.round(((answer?.at ?? sight.now) - event.at) / 60_000)} minutes: ${answer?.what ?? 'still waits'}`,
          ]
        : [];
    });
  },
);

/** One after the other, in a pass that takes over a lock and acts twice. */
const CALLS = 20;

/**
 * AWS answered so slowly that most of the time went to invocations that Lambda ended before their pass was over. For a build that still
 * waits when AWS is well again, the time counts from then.
 */
function isOutOfTime({ story }: Sight, { invocations }: History, from: number, until: number): boolean {
  const [least, most] = story.latencyMs ?? [0, 0];
  if ((CALLS * (least + most)) / 2 < RECONCILER_TIMEOUT_SECONDS * 1000) return false;
  let reached = from;
  let lost = 0;
  for (const { outcome, startedAt, endedAt = until } of invocations) {
    if (outcome !== 'timed out') continue;
    const end = Math.min(endedAt, until);
    lost += Math.max(0, end - Math.max(startedAt, reached));
    reached = Math.max(reached, end);
  }
  return lost > (until - from) / 2;
}

/** Every document has the pools of every other, with room for workers, money for them, and images that are good. */
function isEverServed({ story }: Sight, { documents }: History, cluster: string): boolean {
  const specs = documents.flatMap((version) => (version.cluster === cluster ? [clusterOf(version)?.spec] : []));
  const pools = new Set(specs.map((spec) => Object.keys(spec?.pools ?? {}).join()));
  const isRoomy = specs.every((spec) => spec && Object.values(spec.pools).every(({ workersMax }) => workersMax > 0));
  const isPaid = specs.every((spec) => spec?.budget.usdPerHour === undefined && spec?.budget.usdPerDay === undefined);
  return (
    isFaultless(story) && story.steps.every((step) => step.do !== 'image') && pools.size === 1 && isRoomy && isPaid
  );
}
