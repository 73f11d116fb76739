/** `bbf leases`: who claims workers of a cluster, until when; and `bbf leases release`. */

import type { Lease } from '../../config-schema/documents.ts';
import { leaseKey } from '../../config-schema/keys.ts';
import { type FoundLease, readLeases } from '../cluster/leases.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, needCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { counted } from '../output/counted.ts';
import { fromNow } from '../output/elapsed.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';
import { suggestion } from '../suggest.ts';

export interface SeenLease {
  id: string;
  holder: string;
  purpose: string;
  pools: Lease['pools'];
  /** ISO instant. */
  expiresAt: string;
  expired: boolean;
}

export async function leases(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  await needCluster(installation, cluster);
  const seen = await leasesOf(installation, cluster, program.now());
  if (wantsJson(call)) await writeJson(listOf('Leases', seen), call, program);
  else tellLeases(seen, program);
  if (seen.length === 0) notesOf(program)(`nobody holds a lease of ${cluster}`);
  return 0;
}

/** What ended longer ago is of no interest to a person; the reconciler keeps it for days. */
const SHOWN_MS = 3_600_000;

/** What claims nothing is no lease, and may be anything. */
function tellLeases(seen: readonly SeenLease[], program: Program): void {
  const { now, terminal } = program;
  const isOld = ({ pools, expiresAt }: SeenLease) =>
    Object.keys(pools).length > 0 && now() - Date.parse(expiresAt) > SHOWN_MS;
  const shown = seen.filter((lease) => !isOld(lease));
  for (const line of table([HEADINGS, ...printable(shown.map((lease) => rowOf(lease, now())))]))
    terminal.result.write(`${line}\n`);
  const old = seen.length - shown.length;
  if (old > 0) notesOf(program)(`and ${counted(old, 'lease')} that ended over an hour ago, which --json shows`);
}

const HEADINGS = ['LEASE', 'HOLDER', 'WORKERS', 'ENDS', 'FOR'];

function rowOf({ id, holder, purpose, pools, expiresAt, expired }: SeenLease, now: number): string[] {
  const claims = Object.entries(pools).map(([pool, { workers }]) => `${pool} ${workers}`);
  const ends = expired ? `ended ${fromNow(expiresAt, now)}` : fromNow(expiresAt, now);
  return [id, holder, claims.join(', '), ends, purpose];
}

async function leasesOf({ documents }: Installation, cluster: string, now: number): Promise<SeenLease[]> {
  const found = await readLeases(documents, cluster);
  return found.map((one) => seenLease(one, now)).sort((one, other) => one.expiresAt.localeCompare(other.expiresAt));
}

/** What is no lease is shown all the same, so that somebody can remove it. */
function seenLease({ id, lease, problem, expiresAt }: FoundLease, now: number): SeenLease {
  return {
    id,
    holder: lease.holder ?? 'unknown',
    purpose: problem === null ? (lease.purpose ?? '') : `not a lease that this bbf understands: ${problem}`,
    pools: lease.pools ?? {},
    expiresAt: new Date(expiresAt).toISOString(),
    expired: expiresAt <= now,
  };
}

/** Whoever may write the bucket's leases may end one: a build whose lease is gone writes it anew at its next renewal. */
export async function releaseLease(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  const [id = ''] = call.arguments;
  const known = (await leasesOf(installation, cluster, program.now())).map((lease) => lease.id);
  if (!known.includes(id))
    throw new Failure('notFound', `cluster ${cluster} has no lease ${id}${suggestion(id, known)}`, {
      next: `bbf leases --cluster=${cluster}`,
    });
  await installation.documents.remove(leaseKey(cluster, id));
  program.terminal.result.write(`released ${id}\n`);
  return 0;
}
