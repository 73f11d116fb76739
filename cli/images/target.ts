/** What a release begins with: the cluster that it is for, as its document says, and the images there that are not bbf's to replace. */
import type { Spec } from '../../config-schema/documents.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { unfit } from '../cluster/write-cluster.ts';
import type { Program } from '../command.ts';
import { readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { broughtAlong } from './engine-edit.ts';

/** @throws Failure (notFound, invalidDocument, or configuration for a document of a newer bbf) */
export async function readTarget(installation: Installation, cluster: string): Promise<{ text: string; spec: Spec }> {
  const { text } = await readCluster(installation, cluster);
  const parsed = parseCluster(text);
  if (!parsed.ok) throw unfit(cluster, parsed);
  return { text, spec: parsed.cluster.spec };
}

/** Fields of the engine that stay as they are, each told of. @param places the installation's repositories, by image */
export function keptImages({ engine }: Spec, places: ReadonlyMap<string, string>, program: Program) {
  const kept = broughtAlong(engine, places);
  for (const field of kept) program.terminal.notes.write(`spec.engine.${field} is an image of your own, and stays\n`);
  return kept;
}
