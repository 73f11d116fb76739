/** `bbf diff`: what is different between two revisions of a cluster's document. */

import type { Call, Program } from '../command.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { changeText, fieldChanges } from '../output/diff.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { contentOf, findRevision, readRevision, revisionsOf } from './revisions.ts';

export async function diffCommand(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  const versions = await revisionsOf(installation, cluster);
  const [from = '@~1', to = '@~0'] = call.arguments;
  const specOf = async (name: string) => {
    const version = findRevision(versions, cluster, name);
    const content = contentOf((await readRevision(installation, cluster, version)).text);
    if (content !== null) return content.spec;
    throw new Failure('invalidDocument', `revision ${version.revision} of ${cluster} is not JSON`, {
      next: `bbf get --cluster=${cluster} --revision=${version.revision}`,
    });
  };
  const changes = fieldChanges(await specOf(from), await specOf(to));
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(listOf('Changes', changes), call, program);
  else for (const change of changes) result.write(`${changeText(change)}\n`);
  if (changes.length === 0 && !wantsJson(call)) notesOf(program)(`no difference between ${from} and ${to}`);
  return 0;
}
