/** Task definitions: families of numbered revisions, each ACTIVE until it is deregistered. */
import type { EcsContext } from './context.ts';
import { clientException, invalidParameter } from './failures.ts';
import { plainSize } from './fargate-sizes.ts';
import { seconds, shortName, taskDefinitionArn } from './names.ts';
import { type PageInput, pageOf } from './paging.ts';
import type { ContainerDefinition, HealthCheck, Tag, TaskDefinitionRecord, TaskRecord } from './state.ts';
import { checkTaskDefinition } from './task-definition-checks.ts';

type KnownMember =
  | 'name'
  | 'image'
  | 'essential'
  | 'environment'
  | 'command'
  | 'entryPoint'
  | 'dependsOn'
  | 'logConfiguration'
  | 'stopTimeout'
  | 'workingDirectory';
export type ContainerInput = Partial<Pick<ContainerDefinition, KnownMember>> & {
  healthCheck?: Partial<HealthCheck>;
  [member: string]: unknown;
};

export interface RegisterInput {
  family: string;
  containerDefinitions: ContainerInput[];
  cpu?: string;
  memory?: string;
  networkMode?: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
  requiresCompatibilities?: string[];
  runtimePlatform?: Record<string, string>;
  ephemeralStorage?: { sizeInGiB: number };
  volumes?: { name: string }[];
  placementConstraints?: unknown[];
  tags?: Tag[];
}

export function registerTaskDefinition(context: EcsContext, input: RegisterInput, by = '') {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.family ?? '')) {
    throw clientException('Family contains invalid characters. It may have letters, digits, hyphens and underscores.');
  }
  const family = context.state.families[input.family] ?? [];
  const definition: TaskDefinitionRecord = {
    arn: taskDefinitionArn(context.world, input.family, family.length + 1),
    family: input.family,
    revision: family.length + 1,
    status: 'ACTIVE',
    cpu: plainSize(input.cpu, 'vCPU'),
    memory: plainSize(input.memory, 'GB'),
    networkMode: input.networkMode ?? 'bridge',
    taskRoleArn: input.taskRoleArn,
    executionRoleArn: input.executionRoleArn,
    requiresCompatibilities: input.requiresCompatibilities ?? ['EC2'],
    runtimePlatform: input.runtimePlatform,
    ephemeralStorage: input.ephemeralStorage,
    volumes: input.volumes ?? [],
    placementConstraints: input.placementConstraints ?? [],
    containerDefinitions: (input.containerDefinitions ?? []).map(withDefaults),
    tags: input.tags ?? [],
    registeredAt: context.world.now(),
    registeredBy: by,
  };
  checkTaskDefinition(definition);
  context.state.families[input.family] = [...family, definition];
  context.world.changed('ecs');
  return { taskDefinition: describe(definition), tags: definition.tags };
}

/** What AWS fills in when a container definition leaves it out. */
function withDefaults(container: ContainerInput): ContainerDefinition {
  const check = container.healthCheck;
  return {
    cpu: 0,
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    name: container.name ?? '',
    image: container.image ?? '',
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    healthCheck: check && { interval: 30, timeout: 5, retries: 3, startPeriod: 0, command: [], ...check },
  };
}

export function deregisterTaskDefinition(context: EcsContext, input: { taskDefinition: string }) {
  if (!/:\d+$/.test(input.taskDefinition ?? '')) throw invalidParameter('Missing revision number on task definition.');
  const definition = findTaskDefinition(context, input.taskDefinition);
  if (!definition) throw clientException('The specified task definition does not exist.');
  if (definition.status === 'ACTIVE') {
    Object.assign(definition, { status: 'INACTIVE', deregisteredAt: context.world.now() });
    context.world.changed('ecs');
  }
  return { taskDefinition: describe(definition) };
}

/** As AWS takes in one call. */
const MOST_DELETED = 10;

/** Each must have been deregistered before. What tasks still run from stays in DELETE_IN_PROGRESS; here every one does. */
export function deleteTaskDefinitions(context: EcsContext, input: { taskDefinitions?: string[] }) {
  const references = input.taskDefinitions ?? [];
  if (references.length === 0 || references.length > MOST_DELETED)
    throw invalidParameter(`Between 1 and ${MOST_DELETED} task definitions can be deleted at a time.`);
  const found = references.map((reference) => ({ reference, definition: findTaskDefinition(context, reference) }));
  const deletable = found.flatMap(({ definition }) =>
    definition && definition.status !== 'ACTIVE' ? [definition] : [],
  );
  for (const definition of deletable) definition.status = 'DELETE_IN_PROGRESS';
  if (deletable.length > 0) context.world.changed('ecs');
  return {
    taskDefinitions: deletable.map(describe),
    failures: found
      .filter(({ definition }) => definition?.status !== 'DELETE_IN_PROGRESS')
      .map(({ reference, definition }) => ({
        arn: definition?.arn ?? reference,
        reason: definition ? 'The specified task definition is still in ACTIVE status.' : 'MISSING',
      })),
  };
}

export function describeTaskDefinition(context: EcsContext, input: { taskDefinition: string; include?: string[] }) {
  const definition = findTaskDefinition(context, input.taskDefinition);
  if (!definition) throw clientException('Unable to describe task definition.');
  return {
    taskDefinition: describe(definition),
    ...(input.include?.includes('TAGS') ? { tags: definition.tags } : {}),
  };
}

export interface ListTaskDefinitionsInput extends PageInput {
  familyPrefix?: string;
  status?: string;
  sort?: 'ASC' | 'DESC';
}
export function listTaskDefinitions(context: EcsContext, input: ListTaskDefinitionsInput) {
  const families = Object.keys(context.state.families).sort();
  const chosen = families
    .filter((family) => input.familyPrefix === undefined || family === input.familyPrefix)
    .flatMap((family) => context.state.families[family] ?? [])
    .filter((definition) => definition.status === (input.status ?? 'ACTIVE'))
    .map((definition) => definition.arn);
  const page = pageOf(input.sort === 'DESC' ? chosen.reverse() : chosen, input, 100);
  return { taskDefinitionArns: page.items, nextToken: page.nextToken };
}

export function listTaskDefinitionFamilies(context: EcsContext, input: ListTaskDefinitionsInput) {
  const isActive = (family: string) =>
    (context.state.families[family] ?? []).some((definition) => definition.status === 'ACTIVE');
  const wanted = input.status ?? 'ACTIVE';
  const families = Object.keys(context.state.families)
    .filter((family) => family.startsWith(input.familyPrefix ?? ''))
    .filter((family) => wanted === 'ALL' || isActive(family) === (wanted === 'ACTIVE'))
    .sort();
  const page = pageOf(families, input, 100);
  return { families: page.items, nextToken: page.nextToken };
}

/** By ARN, `family:revision`, or family alone, which means the newest ACTIVE revision. */
export function findTaskDefinition(context: EcsContext, reference: string): TaskDefinitionRecord | undefined {
  const [family = '', revision] = shortName(reference ?? '').split(':');
  const revisions = context.state.families[family] ?? [];
  if (revision !== undefined) return revisions[Number(revision) - 1];
  return revisions.findLast((definition) => definition.status === 'ACTIVE');
}

/** The definition of one container of a task; registered revisions never go away, so it is always there. */
export function containerDefinition(context: EcsContext, task: TaskRecord, name: string): ContainerDefinition {
  const definition = findTaskDefinition(context, task.taskDefinition);
  const container = definition?.containerDefinitions.find((candidate) => candidate.name === name);
  if (!container) throw new Error(`Task definition ${task.taskDefinition} has no container ${name}.`);
  return container;
}

/** For starting tasks: an unknown or INACTIVE definition is refused as AWS does. */
export function usableTaskDefinition(context: EcsContext, reference: string | undefined): TaskDefinitionRecord {
  if (!reference) throw invalidParameter('TaskDefinition can not be blank.');
  const definition = findTaskDefinition(context, reference);
  if (!definition) throw clientException('TaskDefinition not found.');
  if (definition.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive');
  return definition;
}

function describe(definition: TaskDefinitionRecord) {
  const { arn, tags: _tags, registeredAt, deregisteredAt, ...rest } = definition;
  return {
    ...rest,
    taskDefinitionArn: arn,
    compatibilities: definition.requiresCompatibilities.includes('FARGATE') ? ['EC2', 'FARGATE'] : ['EC2'],
    registeredAt: seconds(registeredAt),
    deregisteredAt: seconds(deregisteredAt),
  };
}
