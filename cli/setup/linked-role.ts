/** The role that ECS acts with in an account: made before the foundation, as ECS itself would make it too late. */
import type { AwsAccess } from '../aws/access.ts';
import { errorCode, refusal } from '../aws/answers.ts';
import { queryCall } from '../aws/query-call.ts';
import type { Program } from '../command.ts';

/** A new role can't be assumed at once; nothing tells when it can. Some seconds are usual (IAM user guide, "Changes that I make are not always immediately visible"). */
const LINKED_ROLE_SETTLES_MS = 10_000;

/**
 * CreateCluster makes this role in an account that has none, and the capacity providers of that cluster, which follow at once, need it:
 * "Unable to assume the service linked role".
 * @returns whether it is new, was there, or may not be made by whoever asks, which leaves open whether it is there
 */
export async function makeEcsLinkedRole(access: AwsAccess): Promise<'new' | 'there' | 'refused'> {
  const doing = 'make the service-linked role of ECS';
  const answer = await queryCall(access, {
    doing,
    service: 'iam',
    parameters: {
      Action: 'CreateServiceLinkedRole',
      AWSServiceName: 'ecs.amazonaws.com',
    },
  });
  if (answer.status === 200) return 'new';
  if (errorCode(answer) === 'InvalidInput' && answer.body.includes('has been taken')) return 'there';
  if (errorCode(answer) === 'AccessDenied') return 'refused';
  throw refusal(doing, answer);
}

export const LINKED_ROLE_REFUSED =
  'note: you may not make the service-linked role of ECS; if this account has never used ECS, this may fail and be rolled back: then have an administrator run aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com';

export async function untilLinkedRoleSettles({ terminal, sleep }: Program): Promise<void> {
  terminal.notes.write('service-linked role of ECS created; it needs some seconds\n');
  await sleep(LINKED_ROLE_SETTLES_MS);
}
