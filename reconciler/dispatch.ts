/** From the event that woke the function to the clusters that it looks at. */
import { clustersOfEvent, scheduleOfEvent } from './event.ts';
import type { Ports, Settings } from './ports.ts';
import { type Invocation, reconcileAll, reconcileCluster } from './reconcile.ts';

/** Rejects with the first failure, after every cluster had its turn. */
export async function dispatch(
  ports: Ports,
  settings: Settings,
  invocation: Invocation,
  event: unknown,
): Promise<void> {
  const clusters = clustersOfEvent(settings.installation, event);
  if (clusters === 'all') {
    await reconcileAll(ports, settings, invocation, scheduleOfEvent(settings.installation, event));
    return;
  }
  const results = await Promise.allSettled(
    clusters.map((cluster) => reconcileCluster(ports, settings, invocation, cluster)),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
