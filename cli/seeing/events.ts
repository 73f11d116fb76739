/** `bbf events`: what the reconciler did and what changed, from the versions of the cluster's status. */

import type { Status } from '../../config-schema/documents.ts';
import { readStatusVersion, statusVersions } from '../cluster/status-versions.ts';
import { refuseDeleted } from '../cluster/tombstone.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import type { Colors } from '../output/colors.ts';
import { listOf, objectOf, wantsJson, writeJson } from '../output/json.ts';
import { second } from '../output/minute.ts';
import { notesOf } from '../output/notes.ts';
import { printable } from '../output/printable.ts';
import { durationFlag, limitFlag } from '../quantities.ts';
import { VERSIONS_OF_A_PAGE, type Version } from '../versions.ts';
import { watching } from '../watching.ts';
import { type ClusterEvent, eventsBetween } from './status-events.ts';

/** Events that are shown where nothing else is asked for. */
const LIMIT = 30;
const FOLLOW_MS = 2_000;
/** S3 tells the time of a version in whole seconds. */
const SECOND_MS = 1_000;

/** The newest `limit` events since an instant, milliseconds since the epoch. */
interface Window {
  since: number;
  limit: number;
}

export async function events(call: Call, program: Program): Promise<number> {
  const since = call.has('since') ? program.now() - durationFlag(call, 'since', '') : 0;
  const window = { since, limit: limitFlag(call) ?? LIMIT };
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const { text } = await readCluster(installation, cluster);
  const next = eventReader(installation, cluster, window, (earliest) =>
    notesOf(program)(
      `looked no further back than ${second(new Date(earliest).toISOString())}: S3 lists ${VERSIONS_OF_A_PAGE} versions of the status at once`,
    ),
  );
  const each = async (seen: ClusterEvent[]) => {
    await showEach(seen, call, program);
    return false;
  };
  if (call.has('follow')) return watching(next, each, FOLLOW_MS, program);
  const all = await next();
  if (all.length === 0) await refuseDeleted(installation, cluster, text);
  await show(all, call, program);
  if (all.length === 0) notesOf(program)(nothing(cluster, call));
  return 0;
}

const nothing = (cluster: string, call: Call) =>
  call.has('since')
    ? `nothing has happened to ${cluster} since then; bbf events --cluster=${cluster} looks further back`
    : `nothing has happened to ${cluster} yet`;

/** Answers the events that it has not answered yet, oldest first; at first those of the window. */
function eventReader(
  installation: Installation,
  cluster: string,
  window: Window,
  cutAt: (earliest: number) => void,
): () => Promise<ClusterEvent[]> {
  let last: { revision: string; status: Status | null } | undefined;
  const read = (version: Version | undefined) =>
    version === undefined ? null : readStatusVersion(installation, cluster, version);
  /** @param count of the newest versions; what the oldest of them changed is seen against the one before it */
  const eventsOf = async (versions: readonly Version[], count: number): Promise<ClusterEvent[]> => {
    const statuses = await Promise.all(versions.slice(0, count + 1).map(read));
    const [newest] = versions;
    if (newest !== undefined) last = { revision: newest.revision, status: statuses[0] ?? null };
    return statuses
      .slice(0, count)
      .map((status, index) => eventsBetween(statuses[index + 1] ?? null, status))
      .reverse()
      .flat();
  };
  return async () => {
    const versions = await statusVersions(installation, cluster);
    const known = versions.findIndex(({ revision }) => revision === last?.revision);
    if (known >= 0) return eventsOf(versions, known);
    const found = await eventsWithin(window, versions, (count) => eventsOf(versions, count));
    const earliest = versions.at(-1)?.modifiedAt ?? 0;
    const isCut = versions.length >= VERSIONS_OF_A_PAGE && found.length < window.limit && earliest > window.since;
    if (isCut) cutAt(earliest);
    return found;
  };
}

/** Not every version tells of something: more are read until there are enough. */
async function eventsWithin(
  { since, limit }: Window,
  versions: readonly Version[],
  eventsOf: (count: number) => Promise<ClusterEvent[]>,
): Promise<ClusterEvent[]> {
  const most = versions.filter(({ modifiedAt }) => modifiedAt + SECOND_MS > since).length;
  for (let count = Math.min(limit, most); ; count = Math.min(count * 2, most)) {
    const within = (await eventsOf(count)).filter(({ at }) => Date.parse(at) >= since);
    if (within.length >= limit || count === most) return within.slice(-limit);
  }
}

async function show(all: readonly ClusterEvent[], call: Call, program: Program): Promise<void> {
  if (wantsJson(call)) await writeJson(listOf('Events', all), call, program);
  else
    for (const event of all) program.terminal.result.write(eventText(printable(event), program.terminal.result.colors));
}

async function showEach(all: readonly ClusterEvent[], call: Call, program: Program): Promise<void> {
  if (!wantsJson(call)) return show(all, call, program);
  for (const event of all) await writeJson(objectOf('Event', event), call, program);
}

function eventText({ at, type, what, reason, message }: ClusterEvent, colors: Colors): string {
  return `${colors.dim(second(at))}  ${type.padEnd(9)}  ${colors.bold(what)}  ${reason}${message === '' ? '' : `: ${message}`}\n`;
}
