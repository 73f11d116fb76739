/** Waits for what happens to a stack, tells of each resource meanwhile, and says why it failed. */
import { randomUUID } from 'node:crypto';
import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import type { ProgressLine } from '../output/progress.ts';
import { type Verdict, waitFor } from '../wait.ts';
import type { Stacks } from './stacks.ts';

/** A foundation takes about three minutes on AWS. */
const TIMEOUT_MS = 30 * 60_000;

/** Absent already counts as removed. @throws Failure (configuration) that names what could not be deleted, and why */
export async function removeStack(stacks: Stacks, name: string, program: Program): Promise<void> {
  const before = await settled(stacks, name, program);
  if (before?.StackId === undefined) return;
  const token = randomUUID();
  await stacks.remove(name, token);
  await followRemoval(stacks, before.StackId, token, program);
}

/** The stack once nothing is under way any more, e.g. of a set-up that was interrupted. */
export async function settled(stacks: Stacks, name: string, program: Program): Promise<Stack | undefined> {
  return lookAtStack(`stack ${name}`, program, async () => {
    const stack = await stacks.describe(name);
    const busy = stack?.StackStatus?.endsWith('_IN_PROGRESS') && stack.StackStatus !== 'REVIEW_IN_PROGRESS';
    const lines: ProgressLine[] = [{ key: name, state: 'busy', text: `${name}: ${stack?.StackStatus ?? 'absent'}` }];
    return busy ? { state: 'waiting', lines } : { state: 'done', value: stack, lines: [] };
  });
}

/** @param token of the operation that is waited for */
export async function follow(stacks: Stacks, nameOrId: string, token: string, program: Program): Promise<void> {
  const name = nameOrId.split('/')[1] ?? nameOrId;
  await lookAtStack(`stack ${name}`, program, async (): Promise<Verdict<undefined>> => {
    const stack = await stacks.describe(nameOrId);
    const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
    const events = await stacks.events(stack?.StackId ?? nameOrId, token);
    const lines = linesOf(events);
    if (status.endsWith('_IN_PROGRESS')) return { state: 'waiting', lines };
    // Nothing but an operation of others deletes it.
    if (status !== 'DELETE_COMPLETE' && !hasEnded(events, status))
      return { state: 'waiting', lines: [...lines, notYet(name, status)] };
    if (['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(status)) return { state: 'done', value: undefined, lines };
    return { state: 'stuck', failure: failed(name, status, events), lines };
  });
}

async function followRemoval(stacks: Stacks, id: string, token: string, program: Program): Promise<void> {
  const name = id.split('/')[1] ?? id;
  await lookAtStack(`stack ${name}`, program, async (): Promise<Verdict<undefined>> => {
    const { StackStatus: status = 'DELETE_COMPLETE', StackStatusReason: reason = '' } =
      (await stacks.describe(id)) ?? {};
    const events = await stacks.events(id, token);
    const lines = linesOf(events);
    if (status === 'DELETE_COMPLETE') return { state: 'done', value: undefined, lines };
    if (status === 'DELETE_FAILED')
      return hasEnded(events, status)
        ? { state: 'stuck', failure: failed(name, status, events), lines }
        : { state: 'waiting', lines: [...lines, notYet(name, status)] };
    // It stays as it was where another stack imports what it exports.
    if (!/^delete cancell?ed/i.test(reason)) return { state: 'waiting', lines };
    const next = 'remove what holds on to it, then the same command again';
    return { state: 'stuck', failure: new Failure('configuration', `stack ${name} stays: ${reason}`, { next }), lines };
  });
}

/**
 * The status of a stack may be that of before for some seconds after an operation was begun, whose events begin with it. Who cancels it ends it
 * by another operation.
 */
const hasEnded = (events: readonly StackEvent[], status: string) =>
  events.findLast((event) => event.PhysicalResourceId === event.StackId)?.ResourceStatus === status;

const notYet = (name: string, status: string): ProgressLine => ({
  key: 'end',
  state: 'waiting',
  text: `${name} is in ${status}, as no event of this operation says yet`,
});

export function lookAtStack<T>(what: string, program: Program, look: () => Promise<Verdict<T>>): Promise<T> {
  const next = 'the same command again: it goes on from here';
  const left = `CloudFormation goes on with ${what}; ${next}`;
  return interruptible((signal) => waitFor({ what, look, timeoutMs: TIMEOUT_MS, next, signal }, program), left);
}

function linesOf(events: readonly StackEvent[]): ProgressLine[] {
  const byResource = new Map<string, StackEvent[]>();
  for (const event of events) {
    const key = event.LogicalResourceId ?? '';
    byResource.set(key, [...(byResource.get(key) ?? []), event]);
  }
  // The stack itself begins before its resources, and is complete after them.
  const isOfStack = ([, [event]]: [string, StackEvent[]]) =>
    Number(event?.ResourceType === 'AWS::CloudFormation::Stack');
  return [...byResource].sort((a, b) => isOfStack(a) - isOfStack(b)).map(([key, all]) => lineOf(key, all));
}

/** A failure stays on the screen, also when the roll-back has removed what failed. */
function lineOf(key: string, events: readonly StackEvent[]): ProgressLine {
  const failure = events.find((event) => isFailure(event) && !isCancelled(event));
  const shown = failure ?? events.at(-1);
  const { ResourceStatus = '', ResourceType, ResourceStatusReason } = shown ?? {};
  const state = failure ? 'failed' : /_(COMPLETE|SKIPPED)$/.test(ResourceStatus) ? 'done' : 'busy';
  const why = failure && ResourceStatusReason ? `: ${ResourceStatusReason}` : '';
  return { key, state, text: `${key} (${ResourceType}): ${ResourceStatus.toLowerCase().replaceAll('_', ' ')}${why}` };
}

const isFailure = ({ ResourceStatus, ResourceType }: StackEvent) =>
  ResourceStatus?.endsWith('_FAILED') === true && ResourceType !== 'AWS::CloudFormation::Stack';

/** What is wrong with none of its resources, such as an export that another stack imports. */
const isAboutStack = ({ ResourceType, ResourceStatusReason }: StackEvent) =>
  ResourceType === 'AWS::CloudFormation::Stack' && /\b(export|output)\b/i.test(ResourceStatusReason ?? '');

const isCancelled = ({ ResourceStatusReason }: StackEvent) => /cancelled/i.test(ResourceStatusReason ?? '');

/** The earliest failure that is not itself the consequence of one: those after it were only cancelled because of it. */
function firstCause(events: readonly StackEvent[]): StackEvent | undefined {
  const failures = events.filter(isFailure);
  return failures.find((event) => !isCancelled(event)) ?? failures[0] ?? events.find(isAboutStack);
}

function failed(name: string, status: string, events: readonly StackEvent[]): Failure {
  const cause = status === 'DELETE_FAILED' ? undefined : firstCause(events);
  const why = cause ? `: ${told(cause)}` : '';
  const next =
    status === 'DELETE_FAILED'
      ? 'remove what holds on to them, then the same command again'
      : 'remove the cause, then the same command again';
  return new Failure('configuration', `stack ${name} ended in ${status}${why}`, {
    // A deletion goes on after a failure, so each of its failures is a cause of its own.
    details: status === 'DELETE_FAILED' ? undeleted(events) : [],
    next,
  });
}

const told = ({ LogicalResourceId, ResourceType, ResourceStatusReason }: StackEvent) =>
  `${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason ?? 'no reason given'}`;

function undeleted(events: readonly StackEvent[]): string[] {
  const last = new Map(events.map((event) => [event.LogicalResourceId, event]));
  return [...last.values()].filter(isFailure).map((event) => `${told(event)} [${event.PhysicalResourceId}]`);
}
