/** Proves that nothing of an installation is left: by its tag across all services, by names where tags are not looked up. */
import { ROLES, roleName, TAG_INSTALLATION } from '../../templates/names.ts';
import { errorCode, refusal } from '../aws/answers.ts';
import { queryCall } from '../aws/query-call.ts';
import type { DeletedResource, Stacks } from '../aws/stacks.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { Failure, failsWith } from '../failure.ts';
import { GOES_ON_FROM_HERE, interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { withDataLater } from './place.ts';
import { isOf, type Kept, taggedArns } from './tag-index.ts';

interface Left {
  what: string;
  why: string;
  next: string;
}

/** What is being deleted takes a moment, and the tagging service goes on listing for a while what has been (API reference, GetResources). */
const PATIENCE_MS = 180_000;

interface Torn {
  kept: Kept;
  /** Everything that is deleted, asked for when no stack is left. */
  deleted(): Promise<readonly DeletedResource[]>;
}

/** @throws Failure (configuration) that names each thing that is left, why, and what to type; what keeps it from looking is thrown as it is */
export async function proveNothingLeft(
  installation: Installation,
  stacks: Stacks,
  torn: Torn,
  program: Program,
): Promise<void> {
  let seen: Found = { left: [], late: 0 };
  const look = async (): Promise<Verdict<undefined>> => {
    seen = await whatIsLeft(installation, stacks, torn);
    if (seen.left.length === 0) return { state: 'done', value: undefined, lines: [] };
    return {
      state: 'waiting',
      lines: seen.left.map(({ what }) => ({ key: what, state: 'busy', text: `still there: ${what}` })),
    };
  };
  const wait = { what: 'nothing to be left', look, timeoutMs: PATIENCE_MS, next: 'bbf teardown again' };
  const waiting = interruptible((signal) => waitFor({ ...wait, signal }, program), GOES_ON_FROM_HERE);
  await waiting.catch((error: unknown) => {
    if (seen.left.length === 0 || !failsWith(error, 'timeout')) throw error;
    throw somethingLeft(installation.context.installation, seen.left);
  });
  if (seen.late > 0)
    program.terminal.notes.write(
      `note: AWS's index of tags still lists ${seen.late} of what is deleted, as it does for up to some hours\n`,
    );
  const names = [torn.kept.bucket ? ['bucket'] : [], torn.kept.logs ? ['logs'] : []].flat();
  const kept = names.length === 0 ? 'nothing' : `nothing but ${names.join(' and ')}`;
  program.terminal.result.write(
    `inventory of ${TAG_INSTALLATION}=${installation.context.installation}: ${kept} is left\n`,
  );
}

function somethingLeft(name: string, left: readonly Left[]): Failure {
  const what = left.length === 1 ? `one thing of ${name} is left` : `${left.length} things of ${name} are left`;
  return new Failure('configuration', what, {
    details: left.flatMap(({ what, why, next }) => [`${what}: ${why}`, `  try: ${next}`]),
    next: 'bbf teardown again once they are gone',
  });
}

interface Found {
  left: Left[];
  /** How much more the index of tags lists although it is deleted. */
  late: number;
}

async function whatIsLeft(installation: Installation, stacks: Stacks, torn: Torn): Promise<Found> {
  const { context } = installation;
  const living = await stacks.withPrefix(`${context.installation}--`);
  const ofStacks = living.map(({ StackName: name = '', StackStatus, StackStatusReason }) => ({
    what: `stack ${name}`,
    why: `${StackStatus}${StackStatusReason ? `: ${StackStatusReason}` : ''}`,
    next: `aws cloudformation delete-stack --region ${context.region} --stack-name ${name}`,
  }));
  const listed = await taggedArns(installation, torn.kept);
  const deleted = listed.length > 0 && living.length === 0 ? await torn.deleted() : [];
  const there = listed.filter((arn) => !deleted.some((one) => isOf(arn, one)));
  const left = [...ofStacks, ...(await rolesLeft(installation)), ...there.map((arn) => tagged(arn, context))];
  return { left, late: listed.length - there.length };
}

function tagged(arn: string, context: Installation['context']): Left {
  const { region } = context;
  const why = 'it carries the tag of the installation, and no stack has it any more';
  const [, bucket] = /:s3:::([^/]+)$/.exec(arn) ?? [];
  const next =
    bucket === undefined
      ? `delete it in the console of its service; aws resourcegroupstaggingapi get-resources --region ${region} --resource-arn-list ${arn} tells whether it is really there`
      : withDataLater({ ...context, bucket });
  return { what: arn, why, next };
}

/** The tagging service knows no roles (API reference, "Services that support the Resource Groups Tagging API"). */
async function rolesLeft({ access, context }: Installation): Promise<Left[]> {
  const left: Left[] = [];
  for (const role of ROLES) {
    const name = roleName(context.installation, role, context.region);
    const doing = `look for role ${name}`;
    const answer = await queryCall(access, {
      doing,
      service: 'iam',
      parameters: { Action: 'GetRole', RoleName: name },
    });
    if (answer.status === 404 && errorCode(answer) === 'NoSuchEntity') continue;
    if (answer.status !== 200) throw refusal(doing, answer);
    const next = `aws iam delete-role --role-name ${name}`;
    left.push({ what: `role ${name}`, why: 'no stack has it any more', next });
  }
  return left;
}
