/** Whether a world has come to rest: its status answers the newest revision, and nothing has been asked of the cloud for a while. */
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { parseOwnedName } from '../../templates/names.ts';
import { INSTALLATION } from './foundation.ts';
import type { SimulatedWorld } from './world.ts';

/** Longer than the fast schedule's minute, so that a pass that wanted to act has had its turn. */
const QUIET_MS = 3 * 60_000;
/** Longer than the slow schedule's quarter of an hour, which alone looks after a cluster that sleeps. */
const ASLEEP_QUIET_MS = 17 * 60_000;
/** What is Stalled may still be tried again after a pause. */
const STALLED_QUIET_MS = 20 * 60_000;

/** True when every cluster of the story has come to rest. */
export function isSettled(world: SimulatedWorld): boolean {
  const { history, clock } = world;
  const last = history.mutations.findLast(({ kind }) => kind !== 'document.write' && kind !== 'document.remove');
  // A build that ended may leave a surplus behind, for which the scale-in has its own delay.
  const since = Math.max(last?.at ?? 0, history.builds.at(-1)?.at ?? 0, world.begunAt + world.story.calmAt);
  const quietMs = clock.now() - since;
  if (quietMs < QUIET_MS || stacksMove(world)) return false;
  return clustersOf(world).every((cluster) => clusterRests(world, cluster, quietMs));
}

/** Every cluster that had a document. */
function clustersOf(world: SimulatedWorld): string[] {
  return [...new Set(world.history.documents.map(({ cluster }) => cluster))];
}

function stacksMove(world: SimulatedWorld): boolean {
  return Object.values(world.services.cloudformation.state.stacks).some(
    ({ name, operation }) => operation !== undefined && parseOwnedName(INSTALLATION, name) !== undefined,
  );
}

function clusterRests(world: SimulatedWorld, cluster: string, quietMs: number): boolean {
  const text = world.text(clusterKey(cluster));
  const status = world.status(cluster);
  if (text === undefined && world.text(statusKey(cluster)) === undefined) return true;
  if (!status) return false;
  const holds = (type: string) => status.conditions.find((condition) => condition.type === type)?.status === 'True';
  if (text !== undefined && status.observedRevision !== world.revision(cluster)) return false;
  const reconciling = status.conditions.find(({ type }) => type === 'Reconciling');
  if (reconciling?.reason === 'Suspended') return true;
  if (!status.awake && quietMs < ASLEEP_QUIET_MS) return false;
  if (holds('Stalled')) return quietMs > STALLED_QUIET_MS;
  // Workers that nothing wants are on their way out, or wait for the delay; one that never goes is found at the end of the story's time.
  if (reconciling?.reason === 'Draining' || Object.values(status.pools).some(({ lessSince }) => lessSince))
    return false;
  return (holds('Ready') || status.asleep !== null) && !holds('Reconciling');
}
