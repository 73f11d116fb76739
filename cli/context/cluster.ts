/** The cluster that a command line means, read from its document. */
import { CLUSTERS_PREFIX, clusterKey, clusterOfKey } from '../../config-schema/keys.ts';
import type { Stored } from '../documents.ts';
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';
import type { Installation } from './installation.ts';
import { checkedName } from './names.ts';

/** The one that is named, else the one that the context means. @throws Failure (usage) for what can't be a name: it becomes part of keys and paths */
export function clusterName(installation: Installation, named: string | undefined): string {
  return checkedName('cluster', named ?? installation.cluster);
}

/** @throws Failure (notFound), naming the clusters that there are */
export async function readCluster(installation: Installation, name: string): Promise<Stored> {
  const stored = await installation.documents.read(clusterKey(name));
  if (typeof stored === 'object') return stored;
  throw await noSuchCluster(installation, name);
}

export async function noSuchCluster(installation: Installation, name: string): Promise<Failure> {
  const known = await listClusters(installation);
  const message = `there is no cluster ${name} in context ${installation.contextName}${suggestion(name, known)}`;
  return new Failure('notFound', message, { next: known.length === 0 ? `bbf create ${name}` : 'bbf status' });
}

/** Names of all clusters with a document, sorted. */
export async function listClusters(installation: Installation): Promise<string[]> {
  const listed = await installation.documents.list(CLUSTERS_PREFIX);
  const names = listed.map(({ key }) => ({ key, name: clusterOfKey(key) ?? '' }));
  return names
    .filter(({ key, name }) => key === clusterKey(name))
    .map(({ name }) => name)
    .sort();
}
