/** What AWS's index of tags lists of an installation; it goes on listing for hours, at times, what has been deleted. */
import { TAG_INSTALLATION } from '../../templates/names.ts';
import { jsonCall } from '../aws/json-call.ts';
import type { DeletedResource, Stacks } from '../aws/stacks.ts';
import type { Installation } from '../context/installation.ts';

interface TaggedPage {
  ResourceTagMappingList?: { ResourceARN?: string }[];
  PaginationToken?: string;
}

/** Which of these stay. */
export interface Kept {
  bucket: boolean;
  logs: boolean;
}

/** Without stacks, and without bucket and logs where these are to stay. */
export async function taggedArns({ access, context }: Installation, { bucket, logs }: Kept): Promise<string[]> {
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
  const kept = (arn: string) =>
    (bucket && arn.endsWith(`:s3:::${context.bucket}`)) || (logs && arn.includes(':log-group:'));
  // Its own stacks were asked for by name, with their reasons.
  return found.filter((arn) => !kept(arn) && !arn.includes(`:stack/${context.installation}--`));
}

const DEFINITION = 'AWS::ECS::TaskDefinition';

/** What teardown removed beside the stacks: ARNs of task definitions, names of log groups and bucket. */
interface RemovedBeside {
  definitions: readonly string[];
  logs: readonly string[];
  bucket: string | undefined;
}

/** Asked for once: of all stacks that an installation ever had, none is left by then. */
export function deletedOnce(stacks: Stacks, installation: string, beside: RemovedBeside) {
  let asked: Promise<readonly DeletedResource[]> | undefined;
  return () => {
    asked ??= deletedWith(stacks, installation, beside);
    return asked;
  };
}

async function deletedWith(stacks: Stacks, installation: string, beside: RemovedBeside): Promise<DeletedResource[]> {
  const named = (type: string, ids: readonly string[]) => ids.map((id) => ({ type, id }));
  const ofStacks = await stacks.deleted(`${installation}--`);
  return [
    // A stack only deregisters these.
    ...ofStacks.filter(({ type }) => type !== DEFINITION),
    ...named(DEFINITION, beside.definitions),
    ...named('AWS::Logs::LogGroup', beside.logs),
    ...named('AWS::S3::Bucket', beside.bucket === undefined ? [] : [beside.bucket]),
  ];
}

/** Whether an ARN is that of a resource; the tasks of an ECS cluster count as gone with it, as it can't be deleted while any runs. */
export function isOf(arn: string, { type, id }: DeletedResource): boolean {
  const [, service = ''] = type.split('::');
  if (arn.split(':')[2] !== service.toLowerCase()) return false;
  const isNamed = arn === id || arn.endsWith(`:${id}`) || arn.endsWith(`/${id}`);
  return isNamed || (type === 'AWS::ECS::Cluster' && arn.includes(`:task/${id}/`));
}
