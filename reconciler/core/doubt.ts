/** What is not believed although it was read: counts of a service from before it was last told another one. */
import { poolStackName, serverStackName } from '../../templates/names.ts';
import type { Observation, ServiceObservation } from './observation.ts';

/**
 * ECS is consistent in the end: what a call changed, the next ones may not show yet (API reference, `RunTask`, which gives no bound; this
 * one is ours). Somebody who sets a count by hand so soon after us waits for as long.
 */
const SETTLES_MS = 30_000;

/** The observation, with services as unknown where ECS shows a count that is not the one it was told a moment ago. */
export function doubted(o: Observation): Observation {
  if (!o.services.known || !o.status) return o;
  const { installation, cluster, status } = o;
  const told = [
    [serverStackName(installation, cluster), status.server] as const,
    ...Object.entries(status.pools).map(
      ([pool, counts]) => [poolStackName(installation, cluster, pool), counts] as const,
    ),
  ];
  for (const [name, counts] of told) {
    const shown = desiredOf(o.services.value[name]);
    if (shown === null || shown === counts.desired || !isRecent(counts.toldAt, o.now)) continue;
    // Without the count that it shows: answers of a moment ago differ from look to look, and status would be written for each.
    const error = `ECS does not show yet that ${name} was told ${counts.desired} at ${counts.toldAt}`;
    return { ...o, services: { known: false, error } };
  }
  return o;
}

const desiredOf = (service: ServiceObservation | undefined) =>
  service && 'desired' in service && service.state === 'ACTIVE' ? service.desired : null;

const isRecent = (toldAt: string | null | undefined, now: number) =>
  toldAt != null && now - Date.parse(toldAt) < SETTLES_MS;
