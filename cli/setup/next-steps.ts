/** What is still to be typed once an installation is there, until a build runs on it. */
import { clusterKey } from '../../config-schema/keys.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { foundationStackName } from '../../templates/names.ts';
import { listClusters } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';

/** Of bbf itself, in the account's registry: nothing has pushed it there unless somebody did by hand. */
const UNBUILT = /\.dkr\.ecr\.[^/]+\/bbf\/farm-server:/;

/** For the cluster that a build means. */
export async function nextSteps(installation: Installation): Promise<string> {
  const hasCluster = (await listClusters(installation)).includes(installation.cluster);
  const steps = [
    ...(hasCluster ? [] : ['bbf create']),
    ...((await hasImages(installation)) ? [] : ['bbf images release']),
    'bbf build //...',
  ];
  return `next: ${steps.join(', then ')}`;
}

async function hasImages({ access, context, documents, cluster }: Installation): Promise<boolean> {
  const stored = await documents.read(clusterKey(cluster));
  const parsed = stored && parseCluster(stored.text);
  if (parsed?.ok && parsed.cluster.spec.engine.server !== undefined) return true;
  const { openStacks } = await import('../aws/stacks.ts');
  const foundation = await openStacks(access).describe(foundationStackName(context.installation));
  const image = foundation?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'ServerImage')?.ParameterValue;
  return image !== undefined && !UNBUILT.test(image);
}
