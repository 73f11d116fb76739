/** A change of a stack in two steps: what it would do, and, once that is agreed to, the doing. */
import { randomUUID } from 'node:crypto';
import type { ResourceChange, Stack } from '@aws-sdk/client-cloudformation';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import type { ChangeSetName, ChangeSetState, StackWish } from './change-sets.ts';
import { follow, lookAtStack, removeStack, settled } from './stack-operations.ts';
import type { Stacks } from './stacks.ts';
import { validationErrors } from './validation-errors.ts';

export interface Proposal {
  stack: string;
  /** There is no such stack yet. */
  isNew: boolean;
  /** undefined: nothing would change. */
  changeSet: ChangeSetName | undefined;
  changes: ResourceChange[];
}

/** Nothing of these can be updated; they must go before the stack can be made. */
const FAILED_BEFORE = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED']);

/** Whether all of it is still to be made. */
export const isUnmade = ({ StackStatus: status }: Pick<Stack, 'StackStatus'>): boolean =>
  status === 'REVIEW_IN_PROGRESS' || FAILED_BEFORE.has(status ?? '');

/**
 * @param clear asked before what a failed creation left is removed; throws unless the person agrees
 * @throws Failure (configuration) where CloudFormation refuses the change, or the stack's state allows none
 */
export async function propose(
  stacks: Stacks,
  wish: StackWish,
  clear: (what: string) => Promise<void>,
  program: Program,
): Promise<Proposal> {
  const before = await cleared(stacks, await settled(stacks, wish.name, program), clear, program);
  const isNew = before === undefined || before.StackStatus === 'REVIEW_IN_PROGRESS';
  const name = { StackName: wish.name, ChangeSetName: `${wish.name}-${randomUUID()}` };
  await stacks.changeSets.create(wish, name, isNew);
  const { status, reason, changes } = await lookAtStack<ChangeSetState>(
    `changes of ${wish.name}`,
    program,
    async () => {
      const state = await stacks.changeSets.describe(name);
      if (!/PENDING|IN_PROGRESS/.test(state.status)) return { state: 'done', value: state, lines: [] };
      const lines = [{ key: 'change set', state: 'busy' as const, text: 'CloudFormation compares' }];
      return { state: 'waiting', lines };
    },
  );
  if (status === 'CREATE_COMPLETE') return { stack: wish.name, isNew, changeSet: name, changes };
  // The two wordings of an empty change set (aws-sam-cli, deployer.py).
  const isEmpty = /didn't contain changes|No updates are to be performed/.test(reason);
  const [cause, ...others] = isEmpty ? [] : await causesOf(stacks, name, reason);
  await withdraw(stacks, { stack: wish.name, isNew, changeSet: name, changes }, program);
  if (isEmpty) return { stack: wish.name, isNew, changeSet: undefined, changes: [] };
  throw new Failure('configuration', `CloudFormation refuses the change of ${wish.name}: ${cause}`, {
    details: others,
    next: 'correct what the message names, then the same command again',
  });
}

/** Of what is gone once the change set is. Whoever may not read it is told CloudFormation's own words. */
async function causesOf(stacks: Stacks, name: ChangeSetName, reason: string): Promise<string[]> {
  const found = validationErrors(await stacks.changeSets.failures(name).catch(() => []));
  return found.length > 0 ? found : [reason];
}

async function cleared(
  stacks: Stacks,
  before: Stack | undefined,
  clear: (what: string) => Promise<void>,
  program: Program,
): Promise<Stack | undefined> {
  const { StackName: name = '', StackId: id = name, StackStatus: status = '' } = before ?? {};
  const again = `aws cloudformation continue-update-rollback --stack-name ${name} --region ${stacks.region}`;
  if (status === 'UPDATE_ROLLBACK_FAILED')
    throw new Failure('configuration', `stack ${name} is in ${status}: CloudFormation takes no change of it`, {
      next: `${again}, then the same command again`,
    });
  if (!FAILED_BEFORE.has(status)) return before;
  await clear(`stack ${name} is in ${status}: this removes what is left of it, and begins anew`);
  const now = (await stacks.describe(id))?.StackStatus ?? 'DELETE_COMPLETE';
  if (now !== status)
    throw new Failure('conflict', `stack ${name} was in ${status} and is in ${now}: somebody else works on it`, {
      next: 'the same command again, which shows what there is by then',
    });
  await removeStack(stacks, id, program);
  return undefined;
}

/** @throws Failure (configuration) with the first cause when CloudFormation gives up */
export async function execute(stacks: Stacks, proposal: Proposal, program: Program): Promise<void> {
  if (proposal.changeSet === undefined) return;
  const token = randomUUID();
  await stacks.changeSets.execute(proposal.changeSet, token);
  await follow(stacks, proposal.stack, token, program);
}

/** Leaves everything as it was before the proposal, but for what somebody else has made of the stack since. */
export async function withdraw(stacks: Stacks, proposal: Proposal, program: Program): Promise<void> {
  if (proposal.changeSet === undefined) return;
  await stacks.changeSets.remove(proposal.changeSet);
  if (!proposal.isNew) return;
  const stack = await stacks.describe(proposal.stack);
  if (stack?.StackStatus === 'REVIEW_IN_PROGRESS') await removeStack(stacks, proposal.stack, program);
}
