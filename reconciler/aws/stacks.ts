/** Stacks through CloudFormation. */
import {
  CancelUpdateStackCommand,
  type CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStacks,
  RollbackStackCommand,
  type Stack,
  StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { TAG_HASH, TAG_UID } from '../../templates/names.ts';
import type { StackShape } from '../../templates/shape.ts';
import { isOwnToken } from '../core/attempts.ts';
import type { LastChange } from '../core/observation.ts';
import { rests } from '../core/stack-table.ts';
import type { Stacks } from '../ports.ts';
import { errorKind, nothingToUpdate } from './errors.ts';
import { firstFailure, lastDeployment } from './stack-events.ts';

/** `roleArn`: the role that CloudFormation itself acts with; undefined: the caller's. */
export function cloudFormationStacks(cfn: CloudFormationClient, roleArn: string | undefined): Stacks {
  return {
    async read(name, knownAt) {
      try {
        const { Stacks: found } = await cfn.send(new DescribeStacksCommand({ StackName: name }));
        const stack = found?.[0];
        if (!stack) return { state: 'absent' };
        const tag = (key: string) => stack.Tags?.find((t) => t.Key === key)?.Value ?? null;
        return {
          state: 'present',
          id: stack.StackId ?? name,
          status: stack.StackStatus ?? 'UNKNOWN',
          reason: await reasonOf(cfn, stack),
          hash: tag(TAG_HASH),
          uid: tag(TAG_UID),
          lastChange: await lastChangeOf(cfn, stack, knownAt),
        };
      } catch (error) {
        if (errorKind(error) === 'absent') return { state: 'absent' };
        throw error;
      }
    },

    async list(prefix) {
      const names: string[] = [];
      for await (const page of paginateListStacks({ client: cfn }, { StackStatusFilter: EXISTING })) {
        for (const { StackName = '' } of page.StackSummaries ?? [])
          if (StackName.startsWith(prefix)) names.push(StackName);
      }
      return names;
    },

    async create(name, shape, token) {
      await cfn.send(
        new CreateStackCommand({ StackName: name, OnFailure: 'ROLLBACK', ...request(shape, token, roleArn) }),
      );
    },

    async update(stackId, shape, token) {
      try {
        await cfn.send(new UpdateStackCommand({ StackName: stackId, ...request(shape, token, roleArn) }));
        return false;
      } catch (error) {
        if (nothingToUpdate(error)) return true;
        throw error;
      }
    },

    async remove(stackId, token) {
      await cfn.send(new DeleteStackCommand({ StackName: stackId, ClientRequestToken: token, RoleARN: roleArn }));
    },

    async cancelUpdate(stackId, token) {
      await cfn.send(new CancelUpdateStackCommand({ StackName: stackId, ClientRequestToken: token }));
    },

    async continueRollback(stackId, token) {
      await cfn.send(
        new ContinueUpdateRollbackCommand({ StackName: stackId, ClientRequestToken: token, RoleARN: roleArn }),
      );
    },

    async rollback(stackId, token) {
      await cfn.send(new RollbackStackCommand({ StackName: stackId, ClientRequestToken: token, RoleARN: roleArn }));
    },
  };
}

/** All but DELETE_COMPLETE, which CloudFormation goes on listing for 90 days. */
const EXISTING = Object.values(StackStatus).filter((status) => status !== StackStatus.DELETE_COMPLETE);

/** A stack in trouble says no more than which resources failed; why the first of them did is in its events. */
async function reasonOf(cfn: CloudFormationClient, stack: Stack): Promise<string | null> {
  const { StackId, StackStatus: status = '', StackStatusReason: reason } = stack;
  if (!/FAILED|ROLLBACK/.test(status)) return reason ?? null;
  try {
    return (await firstFailure(cfn, StackId ?? '')) ?? reason ?? null;
  } catch {
    return reason ?? null;
  }
}

/** Null while it goes on, and while the events do not tell of it yet. */
async function lastChangeOf(
  cfn: CloudFormationClient,
  { StackId, StackStatus: status, LastUpdatedTime, CreationTime }: Stack,
  knownAt: string | undefined,
): Promise<LastChange | null> {
  if (!rests(status ?? '')) return null;
  const changedAt = LastUpdatedTime ?? CreationTime;
  const at = changedAt?.toISOString() ?? '';
  if (at === knownAt) return { at, byHand: false };
  const deployment = await lastDeployment(cfn, StackId ?? '', changedAt);
  if (deployment === 'behind') return null;
  // Events are kept for 90 days: of what is older nobody says otherwise than the tags.
  return { at, byHand: deployment !== null && !isOwnToken(deployment.token) };
}

function request(shape: StackShape, token: string, roleArn: string | undefined) {
  return {
    TemplateBody: shape.template,
    Parameters: Object.entries(shape.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(shape.tags).map(([Key, Value]) => ({ Key, Value })),
    ClientRequestToken: token,
    RoleARN: roleArn,
  };
}
