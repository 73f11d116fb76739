/** The cluster that a command line means, read from its document. */
import { CLUSTERS_PREFIX, clusterKey, clusterOfKey, statusKey } from '../../config-schema/keys.ts';
import type { Call } from '../command.ts';
import type { Stored } from '../documents.ts';
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';
import type { Installation } from './installation.ts';
import { checkedName } from './names.ts';

/** The one that is named, else the one that the context means. @throws Failure (usage) for what can't be a name: it becomes part of keys and paths */
export function clusterName(installation: Installation, named: string | undefined): string {
  return checkedName('cluster', named ?? installation.cluster);
}

/** As an argument or by its flag. @throws Failure (usage) where both are given, and name two */
export function namedCluster({ command, arguments: [argument], text }: Call): string | undefined {
  const flag = text('cluster');
  if (argument === undefined || flag === undefined || argument === flag) return argument ?? flag;
  throw new Failure('usage', `two clusters are named: ${argument}, and --cluster=${flag}`, {
    next: `bbf ${command} ${argument}, or bbf ${command} ${flag}`,
  });
}

/** Also where somebody has removed its document, and what is running goes on. @throws Failure (notFound) */
export async function needCluster(installation: Installation, name: string): Promise<void> {
  for (const key of [clusterKey(name), statusKey(name)])
    if ((await installation.documents.read(key)) !== undefined) return;
  throw await noSuchCluster(installation, name);
}

/** @throws Failure (notFound), naming the clusters that there are, or saying that only the document is gone */
export async function readCluster(installation: Installation, name: string): Promise<Stored> {
  const stored = await installation.documents.read(clusterKey(name));
  if (stored !== undefined) return stored;
  throw await noSuchCluster(installation, name);
}

export async function noSuchCluster(installation: Installation, name: string): Promise<Failure> {
  const known = await listClusters(installation);
  if (known.includes(name)) return documentIsGone(installation, name);
  const message = `there is no cluster ${name} in context ${installation.contextName}${suggestion(name, known)}`;
  return new Failure('notFound', message, { next: nextOf(name, known) });
}

/** The only one may be meant. */
function nextOf(name: string, [only, ...others]: readonly string[]): string {
  if (only === undefined) return `bbf create ${name}`;
  return others.length === 0 ? `bbf status --cluster=${only}` : 'bbf clusters';
}

/** Somebody removed it, and nothing else: what is running goes on. */
export const documentIsGone = ({ contextName }: Installation, name: string): Failure =>
  new Failure(
    'notFound',
    `cluster.json of ${name} in context ${contextName} is gone, and the cluster goes on without it`,
    {
      next: `bbf rollback --cluster=${name}, which writes the revision in force again; or bbf delete ${name}`,
    },
  );

/** Names of all clusters, sorted. */
export async function listClusters(installation: Installation): Promise<string[]> {
  return clustersIn(await installation.documents.list(CLUSTERS_PREFIX));
}

/** Those with a document, or with a status, as its document may be gone. A lease or a lock that was left over makes no cluster. */
export function clustersIn(listed: readonly { key: string }[]): string[] {
  const keys = new Set(listed.map(({ key }) => key));
  const names = new Set(listed.flatMap(({ key }) => clusterOfKey(key) ?? []));
  return [...names].filter((name) => keys.has(clusterKey(name)) || keys.has(statusKey(name))).sort();
}
