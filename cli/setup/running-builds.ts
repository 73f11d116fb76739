/** The builds that hold workers of an installation right now, by their leases. */
import { readLeases } from '../cluster/leases.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { elapsed } from '../output/elapsed.ts';

interface RunningBuild {
  cluster: string;
  holder: string;
  purpose: string;
  /** Milliseconds since the epoch; a build that goes on renews it. */
  endsAt: number;
}

/** One that can't be read claims nothing. @param now milliseconds since the epoch */
export async function runningBuilds(
  { documents }: Installation,
  clusters: readonly string[],
  now: number,
): Promise<RunningBuild[]> {
  const builds: RunningBuild[] = [];
  for (const cluster of clusters)
    for (const { lease, expiresAt: endsAt } of await readLeases(documents, cluster)) {
      const { holder, purpose = '' } = lease;
      if (typeof holder === 'string' && endsAt > now) builds.push({ cluster, holder, purpose, endsAt });
    }
  return builds;
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
