/** The builds and claims that hold workers of an installation right now, by their leases. */
import { isRenewed } from '../../config-schema/claimant.ts';
import { readLeases } from '../cluster/leases.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';

interface RunningBuild {
  /** Of its lease. */
  id: string;
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
    for (const { id, lease, expiresAt: endsAt } of await readLeases(documents, cluster)) {
      const { holder, purpose = '' } = lease;
      if (typeof holder === 'string' && endsAt > now) builds.push({ id, cluster, holder, purpose, endsAt });
    }
  return builds;
}

/** `bbf want --for` claims workers, and nobody renews or ends that. */
const isClaim = ({ id }: RunningBuild) => !isRenewed(id);

/**
 * @param line the command line, for one more try
 * @throws Failure (configuration) that names each build, and each claim with what ends it
 */
export function refuseWhileBusy(all: readonly RunningBuild[], line: string, now: number): void {
  if (all.length === 0) return;
  const claims = all.filter(isClaim);
  const builds = all.filter((one) => !isClaim(one));
  const are = (count: number) => (count === 1 ? 'is' : 'are');
  const what = [
    ...(builds.length === 0 ? [] : [`${counted(builds.length, 'build')} ${are(builds.length)} running`]),
    ...(claims.length === 0 ? [] : [`${counted(claims.length, 'claim')} of bbf want --for ${are(claims.length)} held`]),
  ];
  const ways = [
    ...(claims.length === 0
      ? []
      : [claims.map(({ id, cluster }) => `bbf leases release ${id} --cluster=${cluster}`).join(' && ')]),
    ...(builds.length === 0 ? [] : [`wait until ${builds.length === 1 ? 'it ends' : 'they end'}`]),
  ];
  throw new Failure('configuration', what.join(', and '), {
    details: all.map((one) => detailOf(one, now)),
    next: `${ways.join(', then ')}, or ${line} --force, which takes the workers away from ${all.length === 1 ? 'it' : 'them'}`,
  });
}

function detailOf(one: RunningBuild, now: number): string {
  const { cluster, holder, purpose, endsAt } = one;
  const ends = `its lease ends in ${elapsed(Math.max(0, endsAt - now))}`;
  return `${cluster}: ${purpose || 'a build'} of ${holder}, ${ends}${isClaim(one) ? '' : ' unless it is renewed'}`;
}
