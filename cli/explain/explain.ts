/** Why a cluster, or one pool of it, is as it is: pure, from its status and what the bucket knows besides. */
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { readyWorkers } from '../cluster/progress-lines.ts';
import { counted } from '../output/counted.ts';
import { clusterWish, deletionWish, documentWish, reconcilerWish, suspensionWish } from './control-wishes.ts';
import { poolWish, queueWish, serverWish } from './farm-wishes.ts';
import { condition, type Draft, type Finding, finding, type View } from './finding.ts';
import { type NextStep, nextStep } from './next-step.ts';

/** In short: the first of these that fits. */
export type ClusterState =
  | 'unknown'
  | 'invalid'
  | 'suspended'
  | 'stalled'
  | 'deleting'
  | 'deleted'
  | 'asleep'
  | 'ready'
  | 'converging';

export interface Explanation {
  apiVersion: 'bbf/v1';
  kind: 'Explanation';
  cluster: string;
  /** Null: of the whole cluster. */
  pool: string | null;
  /** ISO instant. */
  at: string;
  state: ClusterState;
  /** S3 version of `cluster.json` that the last look was of. */
  revision: string | null;
  /** Each wish that is not met, the most important first. */
  findings: Finding[];
  /** What is as it is wanted, in words. */
  facts: string[];
  next: NextStep | null;
}

export interface Question extends Omit<View, 'status'> {
  /** Null before the first look. */
  status: Status | null;
  /** Earlier versions of the status, newest first, as far as they could be read. */
  earlier: Status[];
  pool?: string | undefined;
}

export function explain(question: Question): Explanation {
  const { status, now, pool = null, cluster } = question;
  const base = { apiVersion: 'bbf/v1', kind: 'Explanation', cluster, pool, at: new Date(now).toISOString() } as const;
  if (status === null) {
    const gone = question.document?.tombstone != null;
    const findings = [gone ? documentLeft(question) : notLookedAt(question)];
    const next = nextStep(question, findings);
    return { ...base, state: gone ? 'deleted' : 'unknown', revision: null, findings, facts: [], next };
  }
  const view: View = { ...question, status };
  const findings = findingsOf(view, question.pool).map((one) => ({ ...one, since: since(one, question) }));
  const revision = status.conditions[0]?.observedRevision ?? null;
  const facts = factsOf(view, findings, question.pool);
  return { ...base, state: stateOf(view, findings), revision, findings, facts, next: nextStep(question, findings) };
}

function notLookedAt(question: Question): Finding {
  const { document } = question;
  const since = document === null ? {} : { since: new Date(document.modifiedAt).toISOString() };
  const evidence = { revision: document?.revision ?? null };
  const text = 'the reconciler has not looked at it yet';
  return finding(question, { wish: 'reconciler', reason: 'NotLookedAt', text, evidence, ...since });
}

/** The reconciler's last act is to remove the status; the document is not its to remove. */
function documentLeft(question: Question): Finding {
  const evidence = { revision: question.document?.revision ?? null };
  const text = 'only its document, with the tombstone, is left';
  return finding(question, { wish: 'document', reason: 'DocumentLeft', text, evidence });
}

/** Every unmet wish, or those that bear on one pool. */
export function findingsOf(view: View, pool?: string): Finding[] {
  const pools = pool === undefined ? Object.keys(view.status.pools) : [pool];
  const wishes = [
    reconcilerWish(view),
    documentWish(view),
    suspensionWish(view),
    clusterWish(view),
    deletionWish(view),
    ...needyFirst(view, [serverWish(view), ...pools.map((name) => poolWish(view, name))]),
  ].filter((one) => one !== null);
  const document = wishes.find(({ wish }) => wish === 'document');
  // Without a document every other wish has the document's reason too.
  const told = wishes.filter((one) => one === document || one.reason !== document?.reason);
  if (pool !== undefined) return told;
  return [...(told.length > 0 ? told : movement(view)), queueWish(view)].filter((one) => one !== null);
}

/** What the cluster is Stalled for is what a person is asked about, whichever pool comes first in the document. */
function needyFirst({ status }: View, parts: (Finding | null)[]): (Finding | null)[] {
  const stalled = condition(status, 'Stalled');
  const isNeedy = (one: Finding | null) => stalled?.status === 'True' && one?.reason === stalled.reason;
  return [...parts.filter(isNeedy), ...parts.filter((one) => !isNeedy(one))];
}

/** The status says that something is under way, and no wish above names it. */
function movement(view: View): Finding[] {
  const [ready, reconciling] = [condition(view.status, 'Ready'), condition(view.status, 'Reconciling')];
  const of = ({ reason, message }: { reason: string; message: string }): Draft => ({
    wish: 'cluster',
    reason,
    text: message,
  });
  if (ready?.status === 'False') return [finding(view, of(ready))];
  return reconciling?.status === 'True' ? [finding(view, of(reconciling))] : [];
}

/** Back through the versions for as long as each of them gives the same reason for the same wish. */
function since(one: Finding, question: Question): string | null {
  const first = one.since ?? question.status?.heartbeatAt ?? null;
  if (one.since !== null) return first;
  const same = (status: Status) =>
    findingsOf({
      ...question,
      document: null,
      activity: null,
      leases: [],
      lock: null,
      now: Date.parse(status.heartbeatAt),
      status,
    }).some(({ wish, reason }) => wish === one.wish && reason === one.reason);
  const differs = question.earlier.findIndex((status) => !same(status));
  const run = differs < 0 ? question.earlier : question.earlier.slice(0, differs);
  return run.at(-1)?.heartbeatAt ?? first;
}

function stateOf({ status }: View, findings: Finding[]): ClusterState {
  const about = (wish: string) => findings.some((one) => one.wish === wish);
  const holds = (type: 'Stalled' | 'Ready' | 'Asleep') => condition(status, type)?.status === 'True';
  if (findings.some(({ reason }) => reason === 'ReconcilerSilent')) return 'unknown';
  if (about('document')) return 'invalid';
  if (findings.some(({ reason }) => reason === 'Suspended')) return 'suspended';
  if (holds('Stalled')) return 'stalled';
  if (about('deletion') && !findings.some(({ reason }) => reason === 'ForeignTombstone')) return 'deleting';
  if (findings.some(({ reason }) => reason === 'RevisionNotSeen')) return 'converging';
  if (holds('Asleep')) return 'asleep';
  return holds('Ready') ? 'ready' : 'converging';
}

function factsOf(view: View, findings: Finding[], only?: string): string[] {
  const { status } = view;
  const unmet = new Set(findings.map(({ wish }) => wish));
  const pools = Object.entries(status.pools).filter(([name]) => only === undefined || name === only);
  const met = pools.filter(([name, pool]) => !unmet.has(`pool ${name}`) && (pool.wanted > 0 || name === only));
  const sleeping = status.asleep && condition(status, 'Asleep')?.status === 'True' ? [asleepText(view)] : [];
  const server =
    status.endpoint !== null && status.asleep === null && only === undefined
      ? [`the server serves at ${status.endpoint}`]
      : [];
  const none =
    only === undefined && !status.asleep && pools.length > 0 && pools.every(([, { wanted }]) => wanted === 0);
  return [
    ...sleeping,
    ...server,
    ...met.map(([name, pool]) => poolText(name, pool)),
    ...(none && ![...unmet].some((wish) => /^(deletion|pool .+)$/.test(wish)) ? ['no workers are wanted'] : []),
    ...leaseTexts(status, only),
  ];
}

function asleepText({ status }: View): string {
  const since = status.asleep?.since ?? '';
  const running = status.server.running + Object.values(status.pools).reduce((sum, pool) => sum + pool.running, 0);
  const left = running > 0 ? `, ${counted(running, 'task')} still to stop` : ', nothing runs and nothing costs';
  return `it has been asleep since ${since}${left}; a lease (bbf build) or an edit wakes it`;
}

function poolText(name: string, pool: PoolStatus): string {
  return `pool ${name} has ${readyWorkers(pool)} of ${counted(pool.wanted, 'worker')} (${pool.because})`;
}

function leaseTexts(status: Status, only?: string): string[] {
  return status.leases
    .filter(({ pools }) => only === undefined || pools[only] !== undefined)
    .map(({ holder, purpose, pools }) => {
      const claims = Object.entries(pools).map(([pool, workers]) => `${counted(workers, 'worker')} of pool ${pool}`);
      return `${holder} holds a lease on ${claims.join(' and ') || 'the cluster'}${purpose ? ` for ${purpose}` : ''}`;
    });
}
