/** How often an operation on a stack may be tried: a few times for each revision, with growing pauses, then a person is asked. */
import type { Status } from '../../config-schema/documents.ts';
import type { Action } from './plan.ts';
import type { Situation } from './situation.ts';
import type { StackStep, StackWish } from './stack-step.ts';

/** Tries of one operation for one revision. */
export const ATTEMPTS_MAX = 3;
const BACKOFF_MS = 15_000;
/** Characters of a ClientRequestToken (CloudFormation API reference). */
const TOKEN_MAX = 128;

/** `clear` deletes a failed stack so that it can be made anew; `delete` removes one that nobody wants. */
export type Operation = 'create' | 'update' | 'delete' | 'clear' | 'cancel' | 'rollback' | 'continue';

export type StackRecord = Status['stacks'][string];
type Attempts = NonNullable<StackRecord['attempts']>;
type Attempt = Attempts[string];

const OPERATIONS: Record<Extract<Action, { stack: string }>['type'], Operation> = {
  CreateStack: 'create',
  UpdateStack: 'update',
  DeleteStack: 'delete',
  CancelUpdate: 'cancel',
  ContinueRollback: 'continue',
  RollbackStack: 'rollback',
};

export function operationOf(action: Extract<Action, { stack: string }>, wish: StackWish): Operation {
  return action.type === 'DeleteStack' && wish.shape ? 'clear' : OPERATIONS[action.type];
}

/**
 * Until then a call that nobody answered may arrive, as a caller gives up after ten seconds and may have asked twice, and a stack that was
 * made may be told as absent.
 */
const ARRIVES_MS = 30_000;

/** Its creation was called for so short a time ago that nobody can know yet that it is not there. */
export const mayYetBeMade = (record: StackRecord | undefined, now: number): boolean =>
  record?.askedAt != null && now - Date.parse(record.askedAt) < ARRIVES_MS;

const goalOf = (wish: StackWish) => wish.shape?.hash ?? 'none';

/** The earlier tries that count: those of this revision toward this shape. */
function earlier(s: Situation, wish: StackWish, cached: StackRecord | undefined, operation: Operation): Attempt | null {
  const attempt = cached?.attempts?.[operation];
  return attempt && attempt.revision === s.revision && attempt.goal === goalOf(wish) ? attempt : null;
}

export function attemptNumber(s: Situation, wish: StackWish, cached: StackRecord | undefined, operation: Operation) {
  return (earlier(s, wish, cached, operation)?.count ?? 0) + 1;
}

/** True when the operation was tried as often as it may be. */
export function spent(s: Situation, wish: StackWish, cached: StackRecord | undefined, operation: Operation): boolean {
  return attemptNumber(s, wish, cached, operation) > ATTEMPTS_MAX;
}

/** What CloudFormation says, and what ECS said of the tasks behind it. Empty where nobody says anything. */
export const causes = (...texts: (string | null | undefined)[]): string =>
  texts.flatMap((text) => text?.replace(/\.$/, '') || []).join('; ');

/** Null when the operation may be tried now. */
export function pauseOf(
  s: Situation,
  wish: StackWish,
  cached: StackRecord | undefined,
  operation: Operation,
): StackStep | null {
  const attempt = earlier(s, wish, cached, operation);
  if (!attempt) return null;
  const tried = `${operation} of stack ${wish.stack} was tried ${attempt.count === 1 ? 'once' : `${attempt.count} times`} for this revision`;
  const why = causes(attempt.cause, cached?.trouble);
  const cause = why === '' ? '' : `; the last failure: ${why}`;
  if (attempt.count >= ATTEMPTS_MAX) {
    const message = `${tried} and failed${cause}. Repair the cause or change the spec; a new revision is tried again`;
    return { state: 'stalled', reason: 'StackFailed', message };
  }
  const due = Date.parse(attempt.at) + BACKOFF_MS * 2 ** (attempt.count - 1);
  if (s.now >= due) return null;
  const retryAt = new Date(due).toISOString();
  return { state: 'waiting', reason: 'StackBackoff', message: `${tried}${cause}; next try ${retryAt}`, retryAt };
}

/** The record after `action`, with the reason of the state that made it necessary. */
export function recorded(
  s: Situation,
  wish: StackWish,
  cached: StackRecord | undefined,
  action: Extract<Action, { stack: string }>,
  cause: string | null,
): Attempts {
  const operation = operationOf(action, wish);
  const entry: Attempt = {
    goal: goalOf(wish),
    revision: s.revision,
    count: attemptNumber(s, wish, cached, operation),
    at: new Date(s.now).toISOString(),
    cause: cause ?? earlier(s, wish, cached, operation)?.cause ?? null,
  };
  const before = cached?.attempts ?? {};
  // A failed creation shows its cause only until it is cleared away.
  const create = before.create;
  const kept = operation === 'clear' && create && cause ? { ...before, create: { ...create, cause } } : before;
  return { ...kept, [operation]: entry };
}

/**
 * The same decision made again, after a crash or beside another pass, carries the same token; where the stack has changed in between, as by
 * hand, it is another one, which CloudFormation must not take for the first.
 */
export function tokenOf(
  s: Situation,
  wish: StackWish,
  cached: StackRecord | undefined,
  operation: Operation,
  changedAt?: string,
): string {
  const count = attemptNumber(s, wish, cached, operation);
  // The ends of hash and id are their random part; what may be cut off at the end is said by the stack's id too.
  const of = [goalOf(wish).slice(-12), s.revision, cached?.id.slice(-12) || 'new'];
  const since = changedAt === undefined ? [] : [Date.parse(changedAt).toString(36)];
  return ['bbf', count, operation, ...of, ...since, s.uid]
    .join('-')
    .replace(/[^a-zA-Z0-9-]/g, '')
    .slice(0, TOKEN_MAX);
}

/** Of an operation of bbf that gives a stack its configuration. */
export const isOwnToken = (token: string): boolean => /^bbf-\d+-(create|update)-/.test(token);
