/** A foreseen pass in the terms that people ask in: what it does and why, counts and money before and after, what it leaves open. */
import type { PoolStatus, Spec, Status } from '../../config-schema/documents.ts';
import { serverUsdPerHour, workersUsdPerHour } from '../../config-schema/prices.ts';
import { dayBudgetLeft, roundUsd } from '../../reconciler/core/cost.ts';
import { poolWishes } from '../../reconciler/core/demand.ts';
import type { Observation } from '../../reconciler/core/observation.ts';
import { type Action, type ActionResult, type Evidence, targetOf } from '../../reconciler/core/plan.ts';
import { report } from '../../reconciler/core/report.ts';
import { situationOf } from '../../reconciler/core/situation.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { findingsOf } from '../explain/explain.ts';
import type { Finding } from '../explain/finding.ts';
import { reasonOf } from '../explain/reasons.ts';
import type { FieldChange } from '../output/diff.ts';
import { actionWords } from './action-words.ts';
import { type Foreseen, unread } from './foresee.ts';
import { stepWaits } from './pending.ts';

export interface PlannedAction {
  type: Action['type'];
  target: string;
  /** What it does, for people. */
  words: string;
  reason: string;
  meaning: string;
  evidence: Evidence;
}

export interface CountChange {
  /** What ECS is told now. */
  before: number;
  /** What ECS is told once this pass has acted. */
  afterPass: number;
  /** Where the passes after it lead, as far as is known now. */
  after: number;
  because: string;
}

export interface Preview {
  apiVersion: 'bbf/v1';
  kind: 'Plan';
  cluster: string;
  /** ISO instant. */
  at: string;
  /** S3 version of `cluster.json`; null: of a document that is not written yet, or of none. */
  revision: string | null;
  /** Version of the reconciler that decides by these rules. */
  reconciler: string;
  /** Fields of the spec that the edit changes; empty without an edit. */
  edits: FieldChange[];
  actions: PlannedAction[];
  server: CountChange;
  pools: Record<string, CountChange>;
  /** List price. */
  usdPerHour: { before: number; after: number };
  /** What is still open after the pass, with the one reason for each. */
  waits: Finding[];
  /** What could not be read; the plan is not to be relied on. */
  unread: string[];
  next: Status['next'];
  /** False: a pass has nothing to do, and everything is told to be as the newest document wants it. */
  changes: boolean;
}

/** @param before the same without the edit; without an edit, the same */
export function previewOf(before: Foreseen, foreseen: Foreseen, edits: FieldChange[] = []): Preview {
  const { observation: o, plan } = foreseen;
  const done = plan.actions.map((action): ActionResult => ({ action, outcome: 'done' }));
  const status = report(o, plan, done);
  const spec = specOf(o);
  const pools = poolCounts(o, status, spec);
  const server = serverCounts(o, status, spec, pools);
  const usdBefore = before.plan.status.cost.usdPerHour;
  const waits = findingsOf(viewOf(o, status));
  const recounted = [server, ...Object.values(pools)].some((one) => one.before !== one.after);
  const isRefused = waits.some(({ wish }) => wish === 'document');
  const changes = plan.actions.length > 0 || recounted || isRefused || stepWaits(o, status, waits);
  const edited = before !== foreseen;
  return {
    apiVersion: 'bbf/v1',
    kind: 'Plan',
    cluster: o.cluster,
    at: new Date(o.now).toISOString(),
    revision: !edited && 'revision' in o.document ? o.document.revision : null,
    reconciler: o.version,
    edits,
    actions: plan.actions.map((action) => plannedAction(o, action)),
    server,
    pools,
    usdPerHour: { before: usdBefore, after: spec === null ? usdBefore : rateOf(o, spec, server, pools) },
    waits,
    unread: unread(o),
    next: status.next,
    changes,
  };
}

const specOf = (o: Observation): Spec | null =>
  o.document.state === 'valid' ? o.document.spec : (o.accepted?.spec ?? null);

function plannedAction(o: Observation, action: Action): PlannedAction {
  const { type, reason, evidence } = action;
  const { meaning } = reasonOf(reason);
  return { type, target: targetOf(action), words: actionWords(o.installation, action), reason, meaning, evidence };
}

function told(o: Observation, service: string): number {
  const seen = o.services.known ? o.services.value[service] : undefined;
  return seen !== undefined && 'desired' in seen ? seen.desired : 0;
}

function poolCounts(o: Observation, status: Status, spec: Spec | null): Record<string, CountChange> {
  return Object.fromEntries(
    Object.entries(status.pools).map(([name, pool]): [string, CountChange] => {
      const { wanted, desired, because } = pool;
      const before = told(o, poolStackName(o.installation, o.cluster, name));
      if (spec === null || spec.suspend) return [name, { before, afterPass: before, after: before, because }];
      const counts = { before, afterPass: desired, after: wanted, because };
      return [name, isReplaced(status, pool) ? { ...counts, ...afterReplacement(o, status, name) } : counts];
    }),
  );
}

/** At zero for a while only, until its stack has its new shape. */
const isReplaced = ({ asleep }: Status, { rolledFrom, wanted }: PoolStatus): boolean =>
  rolledFrom !== undefined && wanted === 0 && asleep === null;

function afterReplacement(o: Observation, status: Status, pool: string): Partial<CountChange> {
  const situation = situationOf(o);
  const wish = situation === null ? undefined : poolWishes(situation, dayBudgetLeft(situation, status.cost))[pool];
  if (wish === undefined) return {};
  return { after: wish.wanted, because: `${wish.because}; by way of zero, as ${status.pools[pool]?.because}` };
}

/** The status tells no wish for the server: it follows its pools, and goes when the cluster sleeps or ends. */
function serverCounts(
  o: Observation,
  status: Status,
  spec: Spec | null,
  pools: Record<string, CountChange>,
): CountChange {
  const before = told(o, serverStackName(o.installation, o.cluster));
  const is = (after: number, because: string): CountChange => ({
    before,
    afterPass: status.server.desired,
    after,
    because,
  });
  if (spec === null) return { ...is(before, 'no valid document is known'), afterPass: before };
  if (spec.suspend) return { ...is(before, 'suspended'), afterPass: before };
  if (spec.delete !== undefined && spec.delete.uid === status.uid) return is(0, 'the cluster is being deleted');
  if (status.asleep !== null) return is(0, 'asleep');
  if (Object.values(pools).some(({ after }) => after > 0)) return is(1, 'workers are wanted');
  return is(status.server.desired, status.server.desired > 0 ? 'kept for its cache until idle' : 'nothing is wanted');
}

function rateOf(o: Observation, spec: Spec, server: CountChange, pools: Record<string, CountChange>): number {
  const workers = Object.entries(pools).map(([name, { after }]) => {
    const pool = spec.pools[name];
    return pool === undefined ? 0 : workersUsdPerHour(pool, after, o);
  });
  return roundUsd(workers.reduce((sum, usd) => sum + usd, server.after * serverUsdPerHour(spec.server, o)));
}

/** As `bbf explain` would see it right after the pass. */
function viewOf(o: Observation, status: Status) {
  const tombstone = specOf(o)?.delete?.uid ?? null;
  return {
    now: o.now,
    installation: o.installation,
    cluster: o.cluster,
    status,
    document: 'revision' in o.document ? { ...o.document, tombstone } : null,
    activity: o.activity.known ? (o.activity.value?.activity ?? null) : null,
    leases: [],
    lock: null,
  };
}
