/** `bbf delete`: a tombstone in the document, then waiting until the reconciler has taken everything away. */

import { claimant } from '../../config-schema/claimant.ts';
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import { needCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import { goesOn, interruptible } from '../interrupt.ts';
import { changeText } from '../output/diff.ts';
import type { ProgressLine } from '../output/progress.ts';
import { parsed } from '../parsed.ts';
import { reasonOf } from '../reason.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { waitChoice } from '../wait-choice.ts';
import { reasonNotToWait } from './convergence.ts';
import { conditionOf } from './progress-lines.ts';
import { statusReader } from './status-reader.ts';
import { deletedUid, isOfAnother } from './tombstone.ts';
import { writeTombstone } from './write-tombstone.ts';

export async function deleteCommand(call: Call, program: Program): Promise<number> {
  const wait = waitChoice(call, '20m');
  const { installation, cluster } = await openCluster(call, program, call.arguments[0], wait);
  const reason = reasonOf(call, `bbf delete ${cluster}`);
  await needCluster(installation, cluster);
  const what = `this deletes cluster ${cluster} of context ${installation.contextName} with its cache`;
  await confirm(program, call.has('yes'), what, call.line);
  const { revision, uid, changes } = await writeTombstone(installation, cluster, { reason }, program);
  for (const change of changes) program.terminal.result.write(`${changeText(change)}\n`);
  program.terminal.result.write(`deleting ${cluster}, revision ${revision}\n`);
  if (!wait.waits) return 0;
  await endOf(installation, cluster, { revision, uid, ...wait }, program);
  return 0;
}

/** Waits for it, and says so. */
export async function endOf(installation: Installation, cluster: string, deletion: Deletion, program: Program) {
  await awaitForgotten(installation, cluster, deletion, program);
  program.terminal.result.write(`deleted ${cluster}\n`);
}

export interface Deletion {
  /** With the tombstone: what status says of an earlier one says nothing of the deletion. */
  revision: string | null;
  /** Of the cluster that is to end: another one of the same name that somebody creates once this one is gone is none of its business. */
  uid: string;
  timeoutMs: number;
  quiet?: boolean;
  /** Done before each look. */
  eachLook?: (() => Promise<void>) | undefined;
  /** What Ctrl-C leaves, and how to go on. */
  left?: string;
}

/** Waits for the last act of the reconciler, then removes the document that holds the tombstone. */
export async function awaitForgotten(
  installation: Installation,
  cluster: string,
  { revision, uid, timeoutMs, quiet = false, eachLook = async () => {}, left = goesOn(cluster) }: Deletion,
  program: Program,
): Promise<void> {
  const readStatus = statusReader(installation.documents, cluster);
  const startedAt = program.now();
  let wasSeen = false;
  const wait = (signal: AbortSignal) =>
    waitFor(
      {
        what: `the end of cluster ${cluster}`,
        look: async () => {
          await eachLook();
          const status = await readStatus();
          wasSeen ||= status !== null;
          if (!status) return wasSeen || program.now() - startedAt >= UNSEEN_MS ? GONE : NOT_SEEN;
          const isAnswered = conditionOf(status, 'Ready')?.observedRevision === revision;
          if (!isAnswered && isOfAnother(await documentOf(installation, cluster), status, uid)) return GONE;
          return judgeDeletion(cluster, isAnswered, status);
        },
        timeoutMs,
        quiet,
        next: `bbf status --watch --cluster=${cluster}; the deletion goes on`,
        signal,
      },
      program,
    );
  await interruptible(wait, left);
  await removeTombstone(installation, cluster, uid);
}

/** Whoever saw the status disappear may have created the next cluster of the name already: its document stays. */
async function removeTombstone({ documents }: Installation, cluster: string, uid: string): Promise<void> {
  const stored = await documents.read(clusterKey(cluster));
  if (stored !== undefined && deletedUid(parsed(stored.text)) === uid)
    await documents.remove(clusterKey(cluster), stored.etag);
}

async function documentOf({ documents }: Installation, cluster: string): Promise<unknown> {
  const stored = await documents.read(clusterKey(cluster));
  return stored && parsed(stored.text);
}

/** A pass that began before the tombstone says first what it makes: it has ended, or has found the tombstone, after this long. */
const UNSEEN_MS = 15_000;
const GONE: Verdict<undefined> = {
  state: 'done',
  value: undefined,
  lines: [line('cluster', 'done', 'everything is gone')],
};
const NOT_SEEN: Verdict<undefined> = {
  state: 'waiting',
  lines: [
    line(
      'cluster',
      'busy',
      `the reconciler has never told of it; a pass that is under way has ${UNSEEN_MS / 1_000} s to do so`,
    ),
  ],
};

/** @param isAnswered status is of the tombstone: what it says of an earlier revision says nothing of the deletion */
function judgeDeletion(cluster: string, isAnswered: boolean, status: Status): Verdict<undefined> {
  const lines = Object.entries(status.stacks).map(([name, stack]) =>
    line(name, 'busy', `stack ${name}: ${stack.status}`),
  );
  const ready = conditionOf(status, 'Ready');
  const reconciler = line('cluster', 'busy', `reconciler: ${ready?.message ?? 'has not looked yet'}`);
  const all = [...lines, ...leaseLines(cluster, status), reconciler];
  const failure = isAnswered
    ? reasonNotToWait(cluster, status, `bbf delete ${cluster}, once that is mended`)
    : undefined;
  return failure === undefined ? { state: 'waiting', lines: all } : { state: 'stuck', failure, lines: all };
}

/** Each with what ends it: a build that runs takes its lease again, a claim for hours does not. */
function leaseLines(cluster: string, { leases }: Status): ProgressLine[] {
  return leases.map((lease) =>
    line(
      `lease ${lease.id}`,
      'waiting',
      `lease of ${claimant(lease)}: ends by itself, or by bbf leases release ${lease.id} --cluster=${cluster}`,
    ),
  );
}

function line(key: string, state: ProgressLine['state'], text: string): ProgressLine {
  return { key, state, text };
}
