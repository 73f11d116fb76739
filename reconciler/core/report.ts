/** What the results of a plan's actions make of its status, and whether that is worth a write. */
import type { Status } from '../../config-schema/documents.ts';
import { parseOwnedName } from '../../templates/names.ts';
import type { StackRecord } from './attempts.ts';
import { withTimes } from './condition-times.ts';
import { condition } from './draft-condition.ts';
import type { Observation } from './observation.ts';
import { type Action, type ActionResult, NOTHING_TO_UPDATE, type Plan, targetOf } from './plan.ts';
import { recordOf } from './situation.ts';

/** A status that says nothing new is written again when it is older than this, so that a reader can tell a live reconciler. */
export const HEARTBEAT_MS = 15 * 60_000;

/** The status after the pass: the plan's, but for what did not happen. `results` has one for each action of the plan. */
export function report(o: Observation, plan: Plan, results: ActionResult[]): Status {
  const status = results.reduce((next, result) => undone(next, o, result), plan.status);
  const actions = results.map(record);
  const failures = results.filter((result) => result.outcome === 'failed');
  // What needs a person is said, whatever else failed before it.
  const failure = failures.find(({ kind }) => kind === 'stalled') ?? failures[0];
  return failure ? { ...withFailure(status, o, failure), actions } : { ...status, actions };
}

/** What is to be, before anything is done about it. */
export function announced(o: Observation, plan: Plan): Status {
  const results = plan.actions.map((action): ActionResult => ({ action, outcome: 'skipped', why: 'not yet' }));
  const status = report(o, plan, results);
  const made = plan.actions.flatMap((action) =>
    action.type === 'CreateStack' ? [[action.stack, asked(recordOf(o, status.uid, action.stack), o.now)]] : [],
  );
  return { ...status, actions: [], stacks: { ...status.stacks, ...Object.fromEntries(made) } };
}

/** An action that did not happen leaves the old facts in place. */
function undone(status: Status, o: Observation, result: ActionResult): Status {
  if (result.outcome === 'done') return result.note === NOTHING_TO_UPDATE ? approved(status, o, result.action) : status;
  const { action } = result;
  if (action.type === 'SetFastSchedule') return { ...status, awake: o.status?.awake ?? false };
  if (action.type === 'SetDesiredCount') return withCount(status, o, action);
  // What AWS refused had no effect, so it is no try either: it may be repeated until whatever forbids it is repaired.
  const { [action.stack]: _, ...others } = status.stacks;
  const before = recordOf(o, status.uid, action.stack);
  const left = isUnanswered(result) ? asked(before, o.now) : before;
  return { ...status, stacks: left ? { ...others, [action.stack]: left } : others };
}

/** Whoever changed the stack last, it is as it shall be: CloudFormation has compared the two. */
function approved(status: Status, o: Observation, action: Action): Status {
  if (!('stack' in action)) return status;
  const read = o.stacks[action.stack];
  const at = read?.known && read.value.state === 'present' ? read.value.lastChange?.at : undefined;
  const record = status.stacks[action.stack];
  if (!record || at === undefined) return status;
  return { ...status, stacks: { ...status.stacks, [action.stack]: { ...record, changedAt: at } } };
}

/** A stack may be made all the same: the answer was lost, or the call is still on its way. */
const isUnanswered = (result: ActionResult): boolean =>
  result.outcome === 'failed' && result.kind !== 'stalled' && result.action.type === 'CreateStack';

function asked(before: StackRecord | undefined, now: number): StackRecord {
  const at = new Date(now).toISOString();
  return { id: '', status: 'ABSENT', hash: null, readAt: at, ...before, askedAt: at };
}

function withCount(status: Status, o: Observation, action: Extract<Action, { type: 'SetDesiredCount' }>): Status {
  const name = parseOwnedName(o.installation, action.service)?.pool;
  if (name === undefined) {
    const { since = null, toldAt = null } = o.status?.server ?? {};
    return { ...status, server: { ...status.server, desired: action.from, since, toldAt } };
  }
  const pool = status.pools[name];
  if (!pool) return status;
  const { toldAt = null } = o.status?.pools[name] ?? {};
  return { ...status, pools: { ...status.pools, [name]: { ...pool, desired: action.from, toldAt } } };
}

function withFailure(status: Status, o: Observation, failure: Extract<ActionResult, { outcome: 'failed' }>): Status {
  const target = targetOf(failure.action);
  const message = `${failure.action.type} ${target}: ${failure.error}`;
  const stalled = failure.kind === 'stalled';
  const isStalled =
    stalled || status.conditions.some(({ type, status: value }) => type === 'Stalled' && value === 'True');
  const drafts = status.conditions.map((draft) => {
    const { type } = draft;
    if (type === 'Ready') return condition(type, 'False', 'ActionFailed', message, target);
    if (type === 'Stalled' && stalled) return condition(type, 'True', 'ActionFailed', message, target);
    if (type === 'Reconciling') {
      return isStalled
        ? condition(type, 'False', 'ActionFailed', message, target)
        : condition(type, 'True', 'Retrying', message, target);
    }
    return draft;
  });
  const revision = status.conditions[0]?.observedRevision ?? null;
  const observedRevision = stalled ? revision : (o.status?.observedRevision ?? null);
  return { ...status, observedRevision, conditions: withTimes(drafts, o.status?.conditions ?? [], o.now, revision) };
}

function record(result: ActionResult): Status['actions'][number] {
  const { type, reason, evidence } = result.action;
  const base = { type, target: targetOf(result.action), reason, evidence, outcome: result.outcome };
  if (result.outcome === 'failed') return { ...base, error: result.error };
  return result.outcome === 'skipped' ? { ...base, error: result.why } : base;
}

/** False when the new status says nothing that the old one does not, and the old one is young enough to show life. */
export function worthWriting(before: Status | null, after: Status, now: number): boolean {
  if (!before || after.actions.length > 0 || now - Date.parse(before.heartbeatAt) >= HEARTBEAT_MS) return true;
  return essenceOf(before) !== JSON.stringify(essence(after));
}

/** Each pass is held against the same status until another one is written. */
const essences = new WeakMap<Status, string>();

function essenceOf(written: Status): string {
  const text = essences.get(written) ?? JSON.stringify(essence(written));
  essences.set(written, text);
  return text;
}

/** Leaves out what moves by itself: the clock, the money that follows from it, leases that are merely renewed, and a creation that is long over. */
function essence(status: Status) {
  const { heartbeatAt, cost, leases, next, stacks, actions, progressAt, inventoryAt, ...rest } = status;
  return {
    ...rest,
    usdPerHour: cost.usdPerHour,
    leases: leases.map(({ expiresAt, ...lease }) => lease),
    next: next?.what ?? null,
    stacks: Object.fromEntries(Object.entries(stacks).map(([name, { readAt, askedAt, ...stack }]) => [name, stack])),
  };
}
