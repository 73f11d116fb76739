/** Tags of clusters, services, tasks and task definitions, by ARN. */
import type { EcsContext } from './context.ts';
import { clientException, invalidParameter } from './failures.ts';
import { shortName } from './names.ts';
import type { Tag } from './state.ts';
import { findTaskDefinition } from './task-definitions.ts';

/** As everywhere on AWS. */
const MOST_TAGS = 50;

export function tagResource(context: EcsContext, input: { resourceArn: string; tags: Tag[] }) {
  const owner = ownerOf(context, input.resourceArn);
  const added = input.tags ?? [];
  const kept = owner.tags.filter((tag) => !added.some((other) => other.key === tag.key));
  if (kept.length + added.length > MOST_TAGS) {
    throw invalidParameter(`The maximum number of tags that can be applied to a resource is ${MOST_TAGS}.`);
  }
  owner.tags = [...kept, ...added];
  context.world.changed('ecs');
  return {};
}

export function untagResource(context: EcsContext, input: { resourceArn: string; tagKeys: string[] }) {
  const owner = ownerOf(context, input.resourceArn);
  owner.tags = owner.tags.filter((tag) => !input.tagKeys?.includes(tag.key));
  context.world.changed('ecs');
  return {};
}

export function listTagsForResource(context: EcsContext, input: { resourceArn: string }) {
  return { tags: ownerOf(context, input.resourceArn).tags };
}

function ownerOf(context: EcsContext, arn: string): { tags: Tag[] } {
  const kind = /^arn:aws:ecs:[^:]*:[^:]*:([a-z-]+)\//.exec(arn ?? '')?.[1];
  const { state } = context;
  const owners: Record<string, () => { tags: Tag[] } | undefined> = {
    cluster: () => state.clusters[shortName(arn)],
    service: () => state.services[arn],
    task: () => state.tasks[shortName(arn)],
    'task-definition': () => findTaskDefinition(context, arn),
  };
  const found = owners[kind ?? '']?.();
  if (kind === undefined) throw invalidParameter(`Invalid resource ARN: ${arn}`);
  if (!found) throw clientException(`The specified ${kind} is not found. Verify the ARN ${arn}.`);
  return found;
}
