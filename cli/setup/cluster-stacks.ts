/** The stacks of an installation's clusters, beside its foundation. */
import { parseOwnedName } from '../../templates/names.ts';
import type { Stacks } from '../aws/stacks.ts';

interface ClusterStack {
  name: string;
  cluster: string;
}

/** By name, so that pools come before their server. */
export async function clusterStacks(stacks: Stacks, installation: string): Promise<ClusterStack[]> {
  const all = await stacks.withPrefix(`${installation}--`);
  return all.flatMap(({ StackName: name = '' }) => {
    const owned = parseOwnedName(installation, name);
    return owned ? [{ name, cluster: owned.cluster }] : [];
  });
}
