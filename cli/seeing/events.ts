/** `bbf events`: what the reconciler did and what changed, from the versions of the cluster's status. */
import type { Status } from '../../config-schema/documents.ts';
import { readStatusVersion, statusVersions } from '../cluster/status-versions.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, readCluster } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { interruptible } from '../interrupt.ts';
import type { Colors } from '../output/colors.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { countFlag } from '../quantities.ts';
import { type ClusterEvent, eventsBetween } from './status-events.ts';

/** Status versions that are looked back over. */
const LIMIT = 30;
const FOLLOW_MS = 2_000;

export async function events(call: Call, program: Program): Promise<number> {
  const limit = countFlag(call, 'limit', 1) ?? LIMIT;
  const installation = await openInstallation(program.settings, call.text('context'));
  const cluster = clusterName(installation, call.arguments[0] ?? call.text('cluster'));
  await readCluster(installation, cluster);
  const reader = eventReader(installation, cluster);
  if (call.has('follow'))
    return interruptible(async (signal) => {
      for (;;) {
        await showEach(await reader.next(limit), call, program);
        await program.sleep(FOLLOW_MS, signal);
      }
    }, null);
  const all = await reader.next(limit);
  await show(all, call, program);
  if (all.length === 0) program.terminal.notes.write(`bbf: nothing has happened to ${cluster} yet\n`);
  return 0;
}

/** Answers the events of versions that it has not read yet, oldest first. */
function eventReader(installation: Installation, cluster: string) {
  let last: { revision: string; status: Status | null } | undefined;
  return {
    async next(limit: number): Promise<ClusterEvent[]> {
      const versions = await statusVersions(installation, cluster);
      const known = last === undefined ? -1 : versions.findIndex(({ revision }) => revision === last?.revision);
      // One more than is told: what the oldest one changed is seen against the one before it.
      const fresh = versions.slice(0, known >= 0 ? known : limit + 1).reverse();
      const statuses = await Promise.all(fresh.map((version) => readStatusVersion(installation, cluster, version)));
      const before = [last?.status ?? null, ...statuses];
      const begins = last === undefined && versions.length > limit ? 1 : 0;
      const told = statuses
        .slice(begins)
        .flatMap((status, index) => eventsBetween(before[index + begins] ?? null, status));
      const newest = fresh.at(-1);
      if (newest !== undefined) last = { revision: newest.revision, status: statuses.at(-1) ?? null };
      return told;
    },
  };
}

async function show(all: readonly ClusterEvent[], call: Call, program: Program): Promise<void> {
  if (wantsJson(call)) await writeJson(listOf('Events', all), call, program);
  else
    for (const event of all) program.terminal.result.write(eventText(printable(event), program.terminal.result.colors));
}

async function showEach(all: readonly ClusterEvent[], call: Call, program: Program): Promise<void> {
  if (!wantsJson(call)) return show(all, call, program);
  for (const event of all) await writeJson(event, call, program);
}

function eventText({ at, type, what, reason, message }: ClusterEvent, colors: Colors): string {
  const time = at.slice(0, 19).replace('T', ' ');
  return `${colors.dim(time)}  ${type.padEnd(9)}  ${colors.bold(what)}  ${reason}${message === '' ? '' : `: ${message}`}\n`;
}
