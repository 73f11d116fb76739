/** Which calls a mutation's own pass had made before it, found in the record of calls. */
import { CLUSTERS_PREFIX } from '../../../config-schema/keys.ts';
import { INSTALLATION } from '../foundation.ts';
import type { CallRecord, History, Mutation } from '../history.ts';

/** How far back the calls of one pass can lie among those of all that run. */
const WINDOW = 600;

interface PassCalls {
  calls: CallRecord[];
  /** When it last listed the cluster's documents; minus infinity where that is not on record. */
  listedAt: number;
  /** A read of this pass was answered with what is not so. */
  lied: boolean;
}

const OURS = `${INSTALLATION}--`;
const STACK = ':stack/';

const textTo = (end: string, text: string, from: number): string | undefined =>
  text.includes(end, from) ? text.slice(from, text.indexOf(end, from)) : undefined;

/** The cluster that a call is about; undefined for what concerns all of them: a listing of the whole bucket, the fast schedule. */
export function clusterOfCall({ target }: Pick<CallRecord, 'target'>): string | undefined {
  if (target.startsWith(CLUSTERS_PREFIX)) return textTo('/', target, CLUSTERS_PREFIX.length);
  // A stack's name or id, the beginning of names, or the names of services.
  const at = target.indexOf(STACK) < 0 ? 0 : target.indexOf(STACK) + STACK.length;
  return target.startsWith(OURS, at) ? textTo('--', target, at + OURS.length) : undefined;
}

/** It was made for this cluster, or for all: one invocation looks at several, side by side. */
export const concerns = (call: Pick<CallRecord, 'target'>, cluster: string): boolean =>
  (clusterOfCall(call) ?? cluster) === cluster;

/** The calls of the pass that a mutation belongs to, up to the mutation: since services were described last, and what came before it. */
export function passOf(
  history: History,
  { at, cluster, invocation }: Pick<Mutation, 'at' | 'cluster' | 'invocation'>,
): PassCalls {
  const recent = history.calls.slice(-WINDOW);
  const own = recent.filter((call) => call.invocation === invocation && call.at <= at && concerns(call, cluster));
  const described = own.findLastIndex((call) => call.point === 'services.describe');
  const begun = own.slice(0, Math.max(0, described)).findLastIndex((call) => call.point === 'documents.list');
  const calls = own.slice(Math.max(0, begun));
  return {
    calls,
    listedAt: own.findLast((call) => call.point === 'documents.list')?.at ?? Number.NEGATIVE_INFINITY,
    lied: calls.some((call) => call.fault === 'stale' || (call.fault?.startsWith('phantom') ?? false)),
  };
}

const POINTS: Partial<Record<Mutation['kind'], string>> = {
  'stack.create': 'stacks.create',
  'stack.update': 'stacks.update',
  'stack.delete': 'stacks.remove',
  'stack.cancel': 'stacks.cancelUpdate',
  'stack.continue': 'stacks.continueRollback',
  'stack.rollback': 'stacks.rollback',
  'service.scale': 'services.setDesiredCount',
};

/** True when the network carried the request out long after it had been given up: no second look can prevent that. */
export function wasLate(history: History, mutation: Mutation): boolean {
  const point = POINTS[mutation.kind];
  return lateCalls(history).some(
    (call) =>
      call.point === point &&
      call.invocation === mutation.invocation &&
      call.at < mutation.at &&
      call.target.includes(mutation.target),
  );
}

const late = new WeakMap<CallRecord[], { looked: number; calls: CallRecord[] }>();

/** Few of thousands, looked for once in each. */
function lateCalls({ calls }: History): CallRecord[] {
  const found = late.get(calls) ?? { looked: 0, calls: [] };
  late.set(calls, found);
  found.calls.push(...calls.slice(found.looked).filter((call) => call.fault === 'late'));
  found.looked = calls.length;
  return found.calls;
}

/** What the reconciler did since the last look; what the world delayed is not its doing. */
export function freshOf(history: History, kinds: (mutation: Mutation) => boolean): Mutation[] {
  return history.fresh.mutations.filter(
    (mutation) => mutation.actor === 'reconciler' && kinds(mutation) && !wasLate(history, mutation),
  );
}

export const isShrink = ({ kind, before, after }: Mutation): boolean =>
  kind === 'service.scale' && Number(after) < Number(before);
