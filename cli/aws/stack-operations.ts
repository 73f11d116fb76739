/** Brings a stack into being, up to date, or to an end, and tells of each resource while it happens. */
import { randomUUID } from 'node:crypto';
import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import type { ProgressLine } from '../output/progress.ts';
import { type Verdict, waitFor } from '../wait.ts';
import type { Stacks, StackWish } from './stacks.ts';

/** A foundation takes about three minutes on AWS. */
const TIMEOUT_MS = 30 * 60_000;

/** What a stack must be rid of before it can be created: no stack in these states can be updated. */
const beyondUpdate = new Set([
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
  'DELETE_FAILED',
  'REVIEW_IN_PROGRESS',
]);

/** @throws Failure (configuration) with the first cause when CloudFormation gives up */
export async function deployStack(
  stacks: Stacks,
  wish: Omit<StackWish, 'token'>,
  program: Program,
): Promise<'created' | 'updated' | 'unchanged'> {
  const before = await settled(stacks, wish.name, program);
  if (before !== undefined && beyondUpdate.has(before.StackStatus ?? '')) await removeStack(stacks, wish.name, program);
  const exists = before !== undefined && !beyondUpdate.has(before.StackStatus ?? '');
  const token = randomUUID();
  if (!exists) await stacks.create({ ...wish, token, parameters: definedOnly(wish.parameters) });
  else if (!(await stacks.update({ ...wish, token }))) return 'unchanged';
  await follow(stacks, wish.name, token, program);
  return exists ? 'updated' : 'created';
}

/** Absent already counts as removed. */
export async function removeStack(stacks: Stacks, name: string, program: Program): Promise<void> {
  const before = await settled(stacks, name, program);
  if (before?.StackId === undefined) return;
  const token = randomUUID();
  await stacks.remove(name, token);
  await follow(stacks, before.StackId, token, program);
}

function definedOnly(parameters: StackWish['parameters']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The stack once nothing is under way any more, e.g. of a set-up that was interrupted. */
async function settled(stacks: Stacks, name: string, program: Program): Promise<Stack | undefined> {
  return look(name, program, async () => {
    const stack = await stacks.describe(name);
    const busy = stack?.StackStatus?.endsWith('_IN_PROGRESS') && stack.StackStatus !== 'REVIEW_IN_PROGRESS';
    const lines: ProgressLine[] = [{ key: name, state: 'busy', text: `${name}: ${stack?.StackStatus ?? 'absent'}` }];
    return busy ? { state: 'waiting', lines } : { state: 'done', value: stack, lines: [] };
  });
}

async function follow(stacks: Stacks, nameOrId: string, token: string, program: Program): Promise<void> {
  await look(nameOrId.split('/')[1] ?? nameOrId, program, async (): Promise<Verdict<undefined>> => {
    const stack = await stacks.describe(nameOrId);
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    const events = await stacks.events(stack?.StackId ?? nameOrId, token);
    const lines = linesOf(events);
    if (status.endsWith('_IN_PROGRESS')) return { state: 'waiting', lines };
    if (['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'].includes(status))
      return { state: 'done', value: undefined, lines };
    return { state: 'stuck', failure: failed(stack?.StackName ?? nameOrId, status, events), lines };
  });
}

function look<T>(name: string, program: Program, looks: () => Promise<Verdict<T>>): Promise<T> {
  return interruptible((signal) =>
    waitFor(
      {
        what: `stack ${name}`,
        look: looks,
        timeoutMs: TIMEOUT_MS,
        next: 'the same command again: it goes on from here',
        signal,
      },
      program,
    ),
  );
}

function linesOf(events: readonly StackEvent[]): ProgressLine[] {
  const newest = new Map(events.map((event) => [event.LogicalResourceId ?? '', event]));
  return [...newest].map(([key, event]) => {
    const status = event.ResourceStatus ?? '';
    const state = status.endsWith('_FAILED') ? 'failed' : status.endsWith('_COMPLETE') ? 'done' : 'busy';
    const words = status.toLowerCase().replaceAll('_', ' ');
    return { key, state, text: `${key} (${event.ResourceType}): ${words}` };
  });
}

/** The first failure is the cause; those after it were only cancelled because of it. */
function firstCause(events: readonly StackEvent[]): StackEvent | undefined {
  const failures = events.filter((event) => event.ResourceStatus?.endsWith('_FAILED'));
  return failures.find((event) => !/cancelled/i.test(event.ResourceStatusReason ?? '')) ?? failures[0];
}

function failed(name: string, status: string, events: readonly StackEvent[]): Failure {
  const cause = firstCause(events);
  const why = cause ? `: ${cause.LogicalResourceId} (${cause.ResourceType}): ${cause.ResourceStatusReason}` : '';
  return new Failure('configuration', `stack ${name} ended in ${status}${why}`, {
    next: 'remove the cause, then the same command again',
  });
}
