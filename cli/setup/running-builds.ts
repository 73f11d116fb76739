/** The builds that hold workers of an installation right now, by their leases. */
import type { Lease } from '../../config-schema/documents.ts';
import { leasesPrefix } from '../../config-schema/keys.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { elapsed } from '../output/elapsed.ts';

export interface RunningBuild {
  cluster: string;
  holder: string;
  purpose: string;
  /** Milliseconds since the epoch; a build that goes on renews it. */
  endsAt: number;
}

/** @param now milliseconds since the epoch */
export async function leasesOf(
  { documents }: Installation,
  clusters: readonly string[],
  now: number,
): Promise<RunningBuild[]> {
  const builds: RunningBuild[] = [];
  for (const cluster of clusters)
    for (const { key, modifiedAt } of await documents.list(leasesPrefix(cluster))) {
      const stored = await documents.read(key);
      const lease = typeof stored === 'object' ? leaseOf(stored.text) : undefined;
      const endsAt = modifiedAt + (lease?.ttlSeconds ?? 0) * 1000;
      if (lease !== undefined && endsAt > now)
        builds.push({ cluster, holder: lease.holder, purpose: lease.purpose ?? '', endsAt });
    }
  return builds;
}

/** One that can't be read claims nothing. */
function leaseOf(text: string): Lease | undefined {
  try {
    const lease = JSON.parse(text) as Lease;
    return typeof lease.ttlSeconds === 'number' && typeof lease.holder === 'string' ? lease : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param line the command line, for one more try
 * @throws Failure (configuration) that names each build
 */
export function refuseWhileBusy(builds: readonly RunningBuild[], line: string, now: number): void {
  if (builds.length === 0) return;
  const one = builds.length === 1;
  throw new Failure('configuration', `${one ? 'a build is' : `${builds.length} builds are`} running`, {
    details: builds.map(
      ({ cluster, holder, purpose, endsAt }) =>
        `${cluster}: ${purpose || 'a build'} of ${holder}, its lease ends in ${elapsed(Math.max(0, endsAt - now))} unless it is renewed`,
    ),
    next: `wait until ${one ? 'it ends' : 'they end'}, or ${line} --force, which takes the workers away from ${one ? 'it' : 'them'}`,
  });
}
