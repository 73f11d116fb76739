/** `bbf rollback`: a new revision whose spec is that of an old one. */

import { clusterKey } from '../../config-schema/keys.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { orphanOf } from '../cluster/lost-document.ts';
import { problemLine } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { noSuchCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { reasonOf } from '../reason.ts';
import type { Version } from '../versions.ts';
import { waitChoice } from '../wait-choice.ts';
import { tellOutcome } from './outcome.ts';
import { contentOf, findRevision, readRevision, revisionsOf } from './revisions.ts';
import { writeDocument } from './write-document.ts';

export async function rollback(call: Call, program: Program): Promise<number> {
  const wait = waitChoice(call);
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'), wait);
  const current = await installation.documents.read(clusterKey(cluster));
  const text = current?.text;
  // Without a document, what is in force is as good as it gets: to write that again changes nothing.
  const orphan = text === undefined ? await orphanOf(installation, cluster) : null;
  if (text === undefined && orphan === null) throw await noSuchCluster(installation, cluster);
  const named = call.arguments[0] ?? orphan?.revision ?? '@~1';
  const version = findRevision(await revisionsOf(installation, cluster), cluster, named);
  const { text: old } = await readRevision(installation, cluster, version);
  const json = validOld(cluster, version, old);
  const base = text === undefined ? null : contentOf(text);
  const reason = reasonOf(call, `bbf rollback ${version.revision}`);
  const whole = { installation, cluster, json, reason, ...(base !== null && { base: { spec: base.spec } }) };
  const written = await writeDocument(whole, program);
  const unchanged = `${cluster} is as it was at ${version.revision}`;
  await tellOutcome({ installation, cluster, written, wait, unchanged }, program);
  return 0;
}

/** As a document of whatever cluster has the name now. @throws Failure (invalidDocument) for what can't be in force */
function validOld(cluster: string, { revision }: Pick<Version, 'revision'>, text: string): string {
  const parsed = parseCluster(text, { cluster });
  if (parsed.ok && parsed.cluster.spec.delete === undefined) {
    const document = JSON.parse(text) as { metadata: { uid?: string } };
    const { uid: _, ...metadata } = document.metadata;
    return JSON.stringify({ ...document, metadata });
  }
  throw new Failure('invalidDocument', `revision ${revision} is ${parsed.ok ? 'a deletion' : 'not valid'}`, {
    details: parsed.ok ? [] : parsed.problems.map(problemLine),
    next: `bbf history --cluster=${cluster}, and another revision`,
  });
}
