/** `bbf top`: the workers of a cluster and what each runs, as the farm reports it. */

import type { Activity, ActivityWorker, Status } from '../../config-schema/documents.ts';
import { activityReader } from '../cluster/activity-reader.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { refuseDeleted } from '../cluster/tombstone.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { counted } from '../output/counted.ts';
import { elapsed, fromNow } from '../output/elapsed.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { watchingScreen } from '../watched-screen.ts';

export async function top(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const { text: document } = await readCluster(installation, cluster);
  await refuseDeleted(installation, cluster, document);
  const readStatus = statusReader(installation.documents, cluster);
  const read = activityReader(installation.documents, cluster);
  const look = async (): Promise<View> => {
    const [status, activity] = await Promise.all([readStatus(), read()]);
    return { status, activity };
  };
  const watched = {
    look,
    isNews: (seen: View, before: View | undefined) =>
      seen.activity !== before?.activity || (!wantsJson(call) && isGone(seen) !== isGone(before)),
    json: ({ activity }: View) => activity,
    text: (seen: View) => viewText(printable(seen), program.now()),
  };
  if (call.has('watch')) return watchingScreen(watched, call, program);
  const seen = await look();
  if (seen.activity === null)
    throw new Failure('unavailable', `the farm of ${cluster} has not reported yet`, {
      next: `bbf explain --cluster=${cluster}`,
    });
  // What is not drawn over may wrap, and need not be cut.
  if (wantsJson(call)) await writeJson(seen.activity, call, program);
  else program.terminal.result.write(watched.text(seen));
  return 0;
}

interface View {
  status: Status | null;
  activity: Activity | null;
}

/** What a farm that has gone said last is in its file all the same. */
const isGone = ({ status }: View = { status: null, activity: null }): boolean =>
  status !== null && status.endpoint === null && status.server.running === 0;

function viewText({ status, activity }: View, now: number): string {
  if (activity === null) return '';
  if (status === null || !isGone({ status, activity })) return topText(activity, now);
  const why = status.asleep === null ? 'no server runs' : 'asleep until a build or an edit wakes it';
  return `${status.cluster}: ${why}; its farm reported last ${fromNow(activity.reportedAt, now)}\n`;
}

const HEADINGS = ['WORKER', 'POOL', 'BUSY', 'ACTIONS', 'WORKED', 'STATE'];

function topText({ reportedAt, queued, running, workers }: Activity, now: number): string {
  const busiest = [...workers].sort((one, other) => other.running - one.running || one.name.localeCompare(other.name));
  const lines = [
    `${counted(running, 'action')} running, ${queued} waiting; ${counted(workers.length, 'worker')}; reported ${fromNow(reportedAt, now)}`,
    ...(workers.length === 0 ? [] : rowsOf(busiest, now)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Below the row of each worker what it runs, as far as the farm says it. */
function rowsOf(workers: readonly ActivityWorker[], now: number): string[] {
  const length = tellingLength(workers.map(({ name }) => name));
  const [headings = '', ...rows] = table([
    HEADINGS,
    ...workers.map((worker) => rowOf({ ...worker, name: worker.name.slice(0, length) })),
  ]);
  return [headings, ...rows.flatMap((row, at) => [row, ...currentLines(workers[at], now)])];
}

/** Names are ids of ECS tasks, of which `bbf logs` takes the beginning. */
const NAME_LEAST = 8;

/** So much of each name tells them all apart. */
function tellingLength(names: readonly string[]): number {
  const all = new Set(names).size;
  let length = NAME_LEAST;
  while (new Set(names.map((name) => name.slice(0, length))).size < all) length += 1;
  return length;
}

function currentLines(worker: ActivityWorker | undefined, now: number): string[] {
  const { current = [], running = 0 } = worker ?? {};
  const more = running - current.length;
  const lines = current.map(({ what, since }) => `${what}, for ${elapsed(now - Date.parse(since))}`);
  return [...lines, ...(current.length > 0 && more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

function rowOf({ name, pool, slots, running, draining, drained, lost, actions, busyMs }: ActivityWorker): string[] {
  const state = lost ? 'lost' : drained ? 'drained' : draining ? 'draining' : running > 0 ? 'busy' : 'idle';
  return [name, pool, `${running}/${slots}`, String(actions), elapsed(busyMs), state];
}
