/** `bbf explain`: reads what there is to know of a cluster and says why it is as it is. */
import type { Status } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import { clusterName } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { inSameContext } from '../same-context.ts';
import { suggestion } from '../suggest.ts';
import { explain } from './explain.ts';
import { explanationText } from './explanation-text.ts';
import type { Finding } from './finding.ts';
import { readQuestion } from './read-question.ts';
import { earlierStatuses } from './status-history.ts';

export async function explainCommand(call: Call, program: Program): Promise<number> {
  const named = call.text('context');
  const installation = await openInstallation(program, named);
  const cluster = clusterName(installation, call.text('cluster'));
  const [pool] = call.arguments;
  const [question, earlier] = await Promise.all([
    readQuestion(installation, cluster, program.now()),
    earlierStatuses(installation, cluster),
  ]);
  if (pool !== undefined) refuseUnknownPool(cluster, pool, question.status);
  const found = explain({ ...question, earlier, pool });
  const told = ({ remedy }: Finding) => ({ remedy: remedy && inSameContext(remedy, named) });
  const explanation = { ...found, findings: found.findings.map((one) => ({ ...one, ...told(one) })) };
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(explanation, call, program);
  else result.write(explanationText(printable(explanation), result.width(), result.colors));
  return 0;
}

function refuseUnknownPool(cluster: string, pool: string, status: Status | null): void {
  if (status === null || status.pools[pool] !== undefined) return;
  throw new Failure(
    'notFound',
    `cluster ${cluster} has no pool ${pool}${suggestion(pool, Object.keys(status.pools))}`,
    {
      next: `bbf explain --cluster=${cluster}`,
    },
  );
}
