/** Proves that nothing of an installation is left: by its tag across all services, by names where tags are not looked up. */
import { ROLES, roleName, TAG_INSTALLATION } from '../../templates/names.ts';
import { serviceUrl } from '../aws/access.ts';
import { askAws, errorCode, refusal } from '../aws/answers.ts';
import { jsonCall } from '../aws/json-call.ts';
import type { Stacks } from '../aws/stacks.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { withDataLater } from './place.ts';

export interface Left {
  what: string;
  why: string;
  next: string;
}

/** The tagging service goes on listing for a while what has been deleted (API reference, GetResources). */
const PATIENCE_MS = 180_000;

/** @throws Failure (configuration) that names each thing that is left, why, and what to type */
export async function proveNothingLeft(
  installation: Installation,
  stacks: Stacks,
  withData: boolean,
  program: Program,
): Promise<void> {
  let seen: Left[] = [];
  const look = async (): Promise<Verdict<undefined>> => {
    seen = await whatIsLeft(installation, stacks, withData);
    if (seen.length === 0) return { state: 'done', value: undefined, lines: [] };
    return {
      state: 'waiting',
      lines: seen.map(({ what }) => ({ key: what, state: 'busy', text: `still there: ${what}` })),
    };
  };
  const wait = { what: 'nothing to be left', look, timeoutMs: PATIENCE_MS, next: 'bbf teardown again' };
  await interruptible((signal) => waitFor({ ...wait, signal }, program)).catch((error: unknown) => {
    if (seen.length === 0) throw error;
    const name = installation.context.installation;
    const left = seen.length === 1 ? `one thing of ${name} is left` : `${seen.length} things of ${name} are left`;
    throw new Failure('configuration', left, {
      details: seen.flatMap(({ what, why, next }) => [`${what}: ${why}`, `  try: ${next}`]),
      next: 'bbf teardown again once they are gone',
    });
  });
  const kept = withData ? 'nothing' : 'nothing but bucket and logs';
  program.terminal.result.write(
    `inventory of ${TAG_INSTALLATION}=${installation.context.installation}: ${kept} is left\n`,
  );
}

async function whatIsLeft(installation: Installation, stacks: Stacks, withData: boolean): Promise<Left[]> {
  const { context } = installation;
  const living = await stacks.withPrefix(`${context.installation}--`);
  const ofStacks = living.map(({ StackName: name = '', StackStatus, StackStatusReason }) => ({
    what: `stack ${name}`,
    why: `${StackStatus}${StackStatusReason ? `: ${StackStatusReason}` : ''}`,
    next: `aws cloudformation delete-stack --region ${context.region} --stack-name ${name}`,
  }));
  return [...ofStacks, ...(await rolesLeft(installation)), ...(await taggedLeft(installation, withData))];
}

interface TaggedPage {
  ResourceTagMappingList?: { ResourceARN?: string }[];
  PaginationToken?: string;
}

async function taggedLeft({ access, context }: Installation, withData: boolean): Promise<Left[]> {
  const found: string[] = [];
  let PaginationToken: string | undefined;
  do {
    const TagFilters = [{ Key: TAG_INSTALLATION, Values: [context.installation] }];
    const page: TaggedPage =
      (await jsonCall<TaggedPage>(access, {
        doing: `look up what is tagged ${TAG_INSTALLATION}=${context.installation}`,
        service: 'tagging',
        target: 'ResourceGroupsTaggingAPI_20170126.GetResources',
        input: { TagFilters, ...(PaginationToken ? { PaginationToken } : {}) },
      })) ?? {};
    found.push(...(page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN }) => ResourceARN ?? []));
    PaginationToken = page.PaginationToken;
  } while (PaginationToken);
  const kept = (arn: string) => !withData && (arn.endsWith(`:s3:::${context.bucket}`) || arn.includes(':log-group:'));
  // Its own stacks were asked for by name, with their reasons.
  return found
    .filter((arn) => !kept(arn) && !arn.includes(`:stack/${context.installation}--`))
    .map((arn) => tagged(arn, context));
}

function tagged(arn: string, { region, installation }: Installation['context']): Left {
  const why = 'it carries the tag of the installation, and no stack has it any more';
  const [, bucket] = /:s3:::([^/]+)$/.exec(arn) ?? [];
  const next =
    bucket === undefined
      ? `delete it in the console of its service; aws resourcegroupstaggingapi get-resources --region ${region} --resource-arn-list ${arn} tells whether it is really there`
      : withDataLater({ region, installation, bucket });
  return { what: arn, why, next };
}

/** The tagging service knows no roles (API reference, "Services that support the Resource Groups Tagging API"). */
async function rolesLeft({ access, context }: Installation): Promise<Left[]> {
  const left: Left[] = [];
  for (const role of ROLES) {
    const name = roleName(context.installation, role, context.region);
    const doing = `look for role ${name}`;
    const answer = await askAws(doing, {
      method: 'POST',
      url: `${access.endpoint === undefined ? 'https://iam.amazonaws.com' : serviceUrl(access, 'iam')}/`,
      service: 'iam',
      // IAM is one for all regions, and signs for this one.
      region: 'us-east-1',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams({ Action: 'GetRole', Version: '2010-05-08', RoleName: name }).toString(),
      credentials: access.credentials,
    });
    if (answer.status === 404 && errorCode(answer) === 'NoSuchEntity') continue;
    if (answer.status !== 200) throw refusal(doing, answer);
    const next = `aws iam delete-role --role-name ${name}`;
    left.push({ what: `role ${name}`, why: 'no stack has it any more', next });
  }
  return left;
}
