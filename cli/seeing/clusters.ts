/** `bbf clusters`: every cluster of an installation, what it has, costs, and why it is as it is. */
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { readyWorkers } from '../cluster/progress-lines.ts';
import { usd } from '../cluster/status-text.ts';
import type { Call, Program } from '../command.ts';
import { listClusters } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { type ClusterState, explain } from '../explain/explain.ts';
import { PAINTS } from '../explain/explanation-text.ts';
import type { Finding } from '../explain/finding.ts';
import { readQuestion } from '../explain/read-question.ts';
import { failsWith } from '../failure.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { printable } from '../output/printable.ts';
import { shortened, table } from '../output/table.ts';
import type { Stream } from '../output/terminal.ts';

export interface SeenCluster {
  name: string;
  state: ClusterState;
  /** The first thing that is not as it is wanted; null: all is. */
  finding: Pick<Finding, 'wish' | 'reason' | 'text'> | null;
  /** Null before the first look. */
  status: Status | null;
}

export async function clusters(call: Call, program: Program): Promise<number> {
  const installation = await openInstallation(program, call.text('context'));
  const { result, notes } = program.terminal;
  const names = await listClusters(installation);
  const seen = await Promise.all(names.map((name) => look(installation, name, program)));
  const all = seen.flatMap((cluster) => (cluster === undefined || cluster.state === 'deleted' ? [] : cluster));
  if (wantsJson(call)) await writeJson(listOf('Clusters', all), call, program);
  else if (all.length > 0)
    for (const line of linesOf(printable(all), installation.cluster, result)) result.write(`${line}\n`);
  else notes.write(`no clusters in context ${installation.contextName}; try: bbf create\n`);
  return 0;
}

/** undefined: it was deleted since it was listed, or can't be understood, which is said. */
async function look(installation: Installation, name: string, program: Program): Promise<SeenCluster | undefined> {
  try {
    const question = await readQuestion(installation, name, program.now());
    const { state, findings } = explain({ ...question, earlier: [] });
    const [first] = findings;
    const finding = first === undefined ? null : { wish: first.wish, reason: first.reason, text: first.text };
    return { name, state, finding, status: question.status };
  } catch (error) {
    if (failsWith(error, 'protocol')) notesOf(program)(`${name} is left out: ${error.message}`);
    else if (!failsWith(error, 'notFound')) throw error;
    return undefined;
  }
}

const HEADINGS = [' ', 'CLUSTER', 'STATE', 'WORKERS', 'LEASES', 'USD/H', 'USD TODAY', 'WHY'];

/** The one that commands mean has a star. */
function linesOf(all: readonly SeenCluster[], current: string, { colors, interactive, width }: Stream): string[] {
  const rows = all.map(({ name, state, finding, status }) => [
    name === current ? '*' : ' ',
    name,
    colors[PAINTS[state]](state),
    ...(status === null ? ['-', '-', '-', '-'] : figuresOf(status)),
    finding?.text ?? '',
  ]);
  return table([HEADINGS, ...rows]).map((line) => (interactive ? shortened(line, width()) : line));
}

function figuresOf({ pools, leases, cost }: Status): string[] {
  const sum = (count: (pool: PoolStatus) => number) => Object.values(pools).reduce((all, pool) => all + count(pool), 0);
  const workers = `${sum(readyWorkers)}/${sum(({ wanted }) => wanted)}`;
  return [workers, String(leases.length), usd(cost.usdPerHour), usd(cost.usdToday)];
}
