/** Stacks through CloudFormation. */
import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { TAG_HASH, TAG_UID } from '../../templates/names.ts';
import type { StackShape } from '../../templates/shape.ts';
import type { Stacks } from '../ports.ts';
import { errorKind, nothingToUpdate } from './errors.ts';

/** `roleArn`: the role that CloudFormation itself acts with; undefined: the caller's. */
export function cloudFormationStacks(cfn: CloudFormationClient, roleArn: string | undefined): Stacks {
  return {
    async read(name) {
      try {
        const { Stacks: found } = await cfn.send(new DescribeStacksCommand({ StackName: name }));
        const stack = found?.[0];
        if (!stack) return { state: 'absent' };
        const tag = (key: string) => stack.Tags?.find((t) => t.Key === key)?.Value ?? null;
        return {
          state: 'present',
          id: stack.StackId ?? name,
          status: stack.StackStatus ?? 'UNKNOWN',
          reason: stack.StackStatusReason ?? null,
          hash: tag(TAG_HASH),
          uid: tag(TAG_UID),
        };
      } catch (error) {
        if (errorKind(error) === 'absent') return { state: 'absent' };
        throw error;
      }
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
  };
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
