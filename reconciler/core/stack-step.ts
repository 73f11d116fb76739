/** One stack's next step: what its state and the wanted shape call for. */
import type { Status } from '../../config-schema/documents.ts';
import type { StackShape } from '../../templates/shape.ts';
import type { Observation, StackObservation } from './observation.ts';
import type { Action } from './plan.ts';
import type { Situation } from './situation.ts';
import { type StackClass, stackClass } from './stack-table.ts';

/** The same shape is tried this often, with growing pauses, before a person is asked. */
const ATTEMPTS_MAX = 3;
const BACKOFF_MS = 15_000;

export type StackStep =
  | { state: 'done' }
  | { state: 'waiting'; reason: string; message: string }
  | { state: 'stalled'; reason: string; message: string }
  | { state: 'act'; action: Extract<Action, { type: 'CreateStack' | 'UpdateStack' | 'DeleteStack' }> };

type Present = Extract<StackObservation, { state: 'present' }>;

export interface StackWish {
  stack: string;
  /** Null: the stack shall not exist. */
  shape: StackShape | null;
  /** False while tasks that an update would replace, or a removal would stop, are claimed or busy. */
  quiet: boolean;
}

export function stackStep(o: Observation, s: Situation, wish: StackWish): StackStep {
  const read = o.stacks[wish.stack];
  const cached = s.previous?.stacks[wish.stack];
  if (!read) return unread(wish, cached);
  if (!read.known) return waiting('StackUnreadable', `stack ${wish.stack} could not be read: ${read.error}`);
  const stack = read.value;
  if (stack.state === 'absent') return absent(s, wish, cached);
  if (stack.uid !== null && stack.uid !== s.uid) {
    return stalled(
      'ForeignStack',
      `stack ${wish.stack} belongs to another cluster (uid ${stack.uid}, ours is ${s.uid})`,
    );
  }
  return present(s, wish, stack, cached);
}

/** Only a pass that saw no reason to read a stack comes here, so it is as the status says. */
function unread(wish: StackWish, cached: Status['stacks'][string] | undefined): StackStep {
  const settled = wish.shape === null ? !cached : cached?.hash === wish.shape.hash;
  return settled ? { state: 'done' } : waiting('StackNotRead', `stack ${wish.stack} was not read in this pass`);
}

function absent(s: Situation, wish: StackWish, cached: Status['stacks'][string] | undefined): StackStep {
  if (!wish.shape) return { state: 'done' };
  const pause = exhausted(s, wish, cached);
  if (pause) return pause;
  const { stack, shape } = wish;
  const evidence = { hash: shape.hash, attempt: attemptNumber(wish, cached) };
  return {
    state: 'act',
    action: {
      type: 'CreateStack',
      stack,
      shape,
      token: token(s, wish, cached, 'create'),
      reason: 'StackAbsent',
      evidence,
    },
  };
}

function present(
  s: Situation,
  wish: StackWish,
  stack: Present,
  cached: Status['stacks'][string] | undefined,
): StackStep {
  const kind = stackClass(stack.status);
  const description = `stack ${wish.stack} is ${stack.status}${stack.reason ? `: ${stack.reason}` : ''}`;
  if (kind === 'gone') return absent(s, wish, cached);
  if (kind === 'busy') return waiting('StackBusy', description);
  if (kind === 'unknown') {
    return stalled('UnknownStackStatus', `${description}, which this version of bbf does not know; upgrade bbf`);
  }
  if (!wish.shape && !wish.quiet)
    return waiting('DrainsFirst', `stack ${wish.stack} is removed once its workers are gone`);
  if (!wish.shape || kind === 'dead' || kind === 'undeleted') return remove(s, wish, stack, cached, kind);
  if (stack.hash === wish.shape.hash && kind !== 'stuck') return { state: 'done' };
  if (kind === 'stuck') return stalled('StackStuck', `${description}; repair or delete it in CloudFormation`);
  return update(s, { ...wish, shape: wish.shape }, stack, cached);
}

function remove(
  s: Situation,
  wish: StackWish,
  stack: Present,
  cached: Status['stacks'][string] | undefined,
  kind: StackClass,
): StackStep {
  if (kind === 'undeleted' && cached?.attempt?.hash === 'delete' && cached.attempt.count >= ATTEMPTS_MAX) {
    return stalled(
      'DeleteFailed',
      `stack ${wish.stack} could not be deleted ${ATTEMPTS_MAX} times: ${stack.reason ?? 'no reason given'}`,
    );
  }
  const evidence = { status: stack.status, wanted: wish.shape !== null };
  const reason = kind === 'dead' ? 'StackFailed' : 'StackUnwanted';
  const action = { stack: wish.stack, stackId: stack.id, token: token(s, wish, cached, 'delete'), reason, evidence };
  return { state: 'act', action: { type: 'DeleteStack', ...action } };
}

function update(
  s: Situation,
  wish: StackWish & { shape: StackShape },
  stack: Present,
  cached: Status['stacks'][string] | undefined,
): StackStep {
  const pause = exhausted(s, wish, cached);
  if (pause) return pause;
  if (!wish.quiet)
    return waiting('UpdateWaits', `stack ${wish.stack} is updated once its workers are free and drained`);
  const evidence = { from: stack.hash, to: wish.shape.hash, attempt: attemptNumber(wish, cached) };
  const { stack: name, shape } = wish;
  const action = { stack: name, stackId: stack.id, shape, token: token(s, wish, cached, 'update') };
  return { state: 'act', action: { type: 'UpdateStack', ...action, reason: 'ShapeChanged', evidence } };
}

/** A shape that failed before waits, and after ATTEMPTS_MAX tries it waits for another revision. */
function exhausted(s: Situation, wish: StackWish, cached: Status['stacks'][string] | undefined): StackStep | null {
  const attempt = cached?.attempt;
  if (!attempt || attempt.hash !== wish.shape?.hash) return null;
  if (attempt.count >= ATTEMPTS_MAX) {
    return stalled(
      'StackFailed',
      `stack ${wish.stack} failed ${attempt.count} times with this spec; change the spec, then it is tried again`,
    );
  }
  const retryAt = Date.parse(attempt.at) + BACKOFF_MS * 2 ** (attempt.count - 1);
  if (s.now >= retryAt) return null;
  return waiting(
    'StackBackoff',
    `stack ${wish.stack} failed ${attempt.count} times; next try ${new Date(retryAt).toISOString()}`,
  );
}

export function attemptNumber(wish: StackWish, cached: Status['stacks'][string] | undefined): number {
  const goal = wish.shape?.hash ?? 'delete';
  return cached?.attempt?.hash === goal ? cached.attempt.count + 1 : 1;
}

/** The same decision made again, after a crash or beside another pass, carries the same token. */
function token(s: Situation, wish: StackWish, cached: Status['stacks'][string] | undefined, operation: string): string {
  const parts = [operation, s.uid, wish.shape?.hash.slice(-12) ?? '', s.revision, String(attemptNumber(wish, cached))];
  return parts
    .join('-')
    .replace(/[^a-zA-Z0-9-]/g, '')
    .slice(0, 128);
}

const waiting = (reason: string, message: string): StackStep => ({ state: 'waiting', reason, message });
const stalled = (reason: string, message: string): StackStep => ({ state: 'stalled', reason, message });
