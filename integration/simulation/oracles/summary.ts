/** What a run did to the world in numbers, and how that may differ from the same story without faults. */

import { parseOwnedName } from '../../../templates/names.ts';
import { shapeOfTag } from '../../../templates/shape.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Violation } from '../history.ts';
import type { RunResult } from '../run-story.ts';
import { leasesAt } from './leases.ts';
import { type Check, clustersOf, latestStatus, memory, oracle, type SeenStack, sightOf } from './sight.ts';
import { isTrue } from './status-form.ts';

/** Creates, updates and deletes by stack; workers added and taken away by service. */
type Summary = Record<string, number>;

/** What is there in the end, by stack, without what chance decides. */
type EndState = Record<string, string>;

export interface Outcome {
  summary: Summary;
  end: EndState;
  /** Sum over all tasks of the time that they existed, seconds. */
  taskSeconds: number;
  /**
   * Builds still hold leases, a cluster is Stalled, or its document was gone before anybody had looked, which are judged by L1: what
   * is there is not what the document asks.
   */
  provisional?: boolean;
}

export function outcomeOf({ world, history }: Pick<RunResult, 'world' | 'history'>): Outcome {
  const sight = sightOf(world);
  const isStalled = (cluster: string) => {
    const status = latestStatus(history, cluster)?.status;
    return status != null && isTrue(status, 'Stalled');
  };
  const wentUnseen = (cluster: string) =>
    history.documents.findLast((version) => version.cluster === cluster)?.text === null &&
    latestStatus(history, cluster)?.status?.acceptedRevision == null;
  const living = sight.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  const service = (stack: SeenStack) =>
    sight.services.find((one) => one.name === stack.name && one.status === 'ACTIVE');
  const end = living.map((stack) => {
    const made = service(stack);
    return [
      stack.name,
      `${shapeOfTag(stack.hash ?? '')} made as ${stack.shape}, tagged ${stack.tags}, ${made ? `desired ${made.desired}, images ${JSON.stringify(made.made.images)}` : 'without service'}`,
    ];
  });
  return {
    summary: summaryOf(history),
    end: Object.fromEntries(end.sort()) as EndState,
    taskSeconds: Math.round(memory(history, 'cost', newMeter).taskMs / 1_000),
    provisional:
      leasesAt(history.builds, world.now()).length > 0 ||
      clustersOf(history).some((one) => isStalled(one) || wentUnseen(one)),
  };
}

export function summaryOf(history: History): Summary {
  const summary: Summary = {};
  const add = (key: string, count: number) => {
    if (count > 0) summary[key] = (summary[key] ?? 0) + count;
  };
  for (const mutation of history.mutations) {
    if (mutation.actor !== 'reconciler' || !parseOwnedName(INSTALLATION, mutation.target)) continue;
    if (mutation.kind.startsWith('stack.')) add(`${mutation.kind} ${mutation.target}`, 1);
    if (mutation.kind !== 'service.scale') continue;
    const change = Number(mutation.after) - Number(mutation.before);
    add(`grown ${mutation.target}`, change);
    add(`shrunk ${mutation.target}`, -change);
  }
  return summary;
}

export interface Tolerance {
  /** Kinds of mutations, e.g. `stack.delete`, `grown`, that may be more than in the reference. */
  more?: string[];
  /** Kinds of what stacks go through that may be less: whoever is blind for long enough never sees what was wanted in between. */
  fewer?: string[];
  /** Task-seconds above the reference that the faults explain. */
  taskSeconds?: number;
  /** False where faults change what is wanted in the end, e.g. a lost race between two edits. */
  end?: boolean;
  /** The server may still run in the end, or run no more: once started, it is kept for its cache until the cluster is idle. */
  serverKept?: boolean;
}

/** Tasks start and stop within seconds of when they would have; chance and latency account for this much. */
const SLACK_TASK_SECONDS = 600;
const SLACK_SHARE = 0.25;

/**
 * As many as without faults, no more and no less. Counts may be told less: what was raised and lowered in two steps may be so in one, or
 * not at all; their end is judged by END.
 */
export const EXACT = ['stack.create', 'stack.delete', 'stack.update'];

/** Where a run with faults differs from the run without, beyond what its plan allows. */
export function excess(run: Outcome, reference: Outcome, tolerance: Tolerance = {}): Violation[] {
  const { more = [], fewer = [], taskSeconds = 0, end = true, serverKept = false } = tolerance;
  const mutations = Object.keys({ ...reference.summary, ...run.summary }).flatMap((key) => {
    const [did = 0, should = 0] = [run.summary[key], reference.summary[key]];
    const kind = key.split(' ')[0] ?? '';
    const isTooMany = did > should && !more.includes(kind);
    const isTooFew = did < should && EXACT.includes(kind) && !fewer.includes(kind);
    return isTooMany || isTooFew ? [violation('SUMMARY', `${key}: ${did} times, ${should} without faults`)] : [];
  });
  const states = end && !run.provisional ? Object.keys({ ...reference.end, ...run.end }) : [];
  const kept = (name: string, state = '') =>
    serverKept && name.endsWith('--server') ? state.replace(/desired [01]/, '') : state;
  const differ = states.filter((name) => kept(name, run.end[name]) !== kept(name, reference.end[name]));
  const limit = reference.taskSeconds * (1 + SLACK_SHARE) + SLACK_TASK_SECONDS + taskSeconds;
  return [
    ...mutations,
    ...differ.map((name) =>
      violation('END', `${name} is ${run.end[name] ?? 'absent'}; without faults ${reference.end[name] ?? 'absent'}`),
    ),
    ...(run.taskSeconds > limit
      ? [violation('COST', `${run.taskSeconds} task-seconds, ${reference.taskSeconds} without faults`)]
      : []),
  ];
}

const violation = (oracleId: string, message: string): Violation => ({ oracle: oracleId, at: 0, message });

interface Meter {
  at: number;
  alive: number;
  taskMs: number;
}
const newMeter = (): Meter => ({ at: 0, alive: 0, taskMs: 0 });

const meter: Check = (sight, history) => {
  const so = memory(history, 'cost', newMeter);
  if (so.at > 0) so.taskMs += so.alive * (sight.now - so.at);
  so.at = sight.now;
  so.alive = sight.services.reduce((sum, service) => sum + service.alive, 0);
  return [];
};

/** Adds up what the tasks cost, look by look; the comparison with the reference is made by `excess`. */
export const taskTime = oracle(
  'COST',
  'Tasks exist no longer than in the same story without faults, and a little.',
  'anything',
  meter,
);
