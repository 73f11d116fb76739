/** What RegisterTaskDefinition refuses. Messages are AWS's where they are known. */
import { clientException } from './failures.ts';
import { requireFargateSize } from './fargate-sizes.ts';
import type { ContainerDefinition, TaskDefinitionRecord } from './state.ts';

/** Seconds; the greatest `stopTimeout` on Fargate. */
const LONGEST_STOP_TIMEOUT = 120;

export function checkTaskDefinition(definition: TaskDefinitionRecord): void {
  checkContainers(definition.containerDefinitions);
  if (definition.requiresCompatibilities.includes('FARGATE')) checkFargate(definition);
}

function checkContainers(containers: ContainerDefinition[]): void {
  if (containers.length === 0) throw clientException('Container list cannot be empty.');
  const names = new Set<string>();
  for (const container of containers) {
    if (!container.name) throw clientException('Container.name should not be null or empty.');
    if (!container.image) throw clientException('Container.image should not be null or empty.');
    if (names.has(container.name)) throw clientException(`Container name ${container.name} is used more than once.`);
    names.add(container.name);
  }
  if (!containers.some((container) => container.essential)) {
    throw clientException('Invalid setting for container. At least one essential container is required.');
  }
  for (const container of containers) checkDependencies(container, containers);
  requireNoCycle(containers);
}

function checkDependencies(container: ContainerDefinition, all: ContainerDefinition[]): void {
  for (const { containerName, condition } of container.dependsOn ?? []) {
    const other = all.find((candidate) => candidate.name === containerName);
    const edge = `Container ${container.name} depends on ${containerName} with ${condition}`;
    if (!other) throw clientException(`${edge}, but there is no container of that name in the task definition.`);
    if (other.essential && (condition === 'COMPLETE' || condition === 'SUCCESS')) {
      throw clientException(`${edge}, which can't be used with an essential container.`);
    }
    if (condition === 'HEALTHY' && !other.healthCheck) {
      throw clientException(`${edge}, but ${containerName} has no health check.`);
    }
  }
}

function requireNoCycle(containers: ContainerDefinition[]): void {
  let waiting = containers;
  const started = new Set<string>();
  for (;;) {
    const ready = waiting.filter((one) => (one.dependsOn ?? []).every((edge) => started.has(edge.containerName)));
    if (ready.length === 0) break;
    for (const container of ready) started.add(container.name);
    waiting = waiting.filter((container) => !started.has(container.name));
  }
  if (waiting.length > 0) {
    throw clientException(`Circular dependency between containers: ${waiting.map((one) => one.name).join(', ')}.`);
  }
}

function checkFargate(definition: TaskDefinitionRecord): void {
  requireFargateSize(definition.cpu, definition.memory);
  if (definition.networkMode !== 'awsvpc') throw clientException('Fargate only supports network mode ‘awsvpc’.');
  const storage = definition.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && (storage < 21 || storage > 200)) {
    throw clientException('Ephemeral storage size must be between 21 and 200 GiB.');
  }
  for (const container of definition.containerDefinitions) checkFargateContainer(definition, container);
}

function checkFargateContainer(definition: TaskDefinitionRecord, container: ContainerDefinition): void {
  if (container.privileged) throw clientException('Fargate tasks do not support privileged containers.');
  if ((container.stopTimeout ?? 0) > LONGEST_STOP_TIMEOUT) {
    throw clientException(
      `Stop timeout of container ${container.name} is ${container.stopTimeout}; it must not exceed ${LONGEST_STOP_TIMEOUT} seconds.`,
    );
  }
  if (container.logConfiguration?.logDriver === 'awslogs' && !definition.executionRoleArn) {
    throw clientException('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
  }
}
