/** What tasks are made of and cost, from ECS's own records: what was asked for is not looked at. */
import { OWN_NETWORK, workerUsdPerHour } from '../../../config-schema/prices.ts';
import type { Revision, StrategyItem, TaskDefinitionRecord, TaskRecord } from '../../../local/cloud/ecs/state.ts';
import type { SimulatedWorld } from '../world.ts';

/** What the tasks of a service's primary deployment are made of. */
export interface Made {
  cpu: number;
  memoryMiB: number;
  diskGiB: number;
  architecture: string;
  /** e.g. `FARGATE_SPOT`, or `2 on FARGATE, FARGATE_SPOT`: so many on the one, the rest on the other. */
  capacity: string;
  /** By container. */
  images: Readonly<Record<string, string>>;
  /** Environment of the main container. */
  told: Readonly<Record<string, string>>;
}

/** Fargate gives every task so much. */
const FREE_DISK_GIB = 20;

function definitionOf(world: SimulatedWorld, arn: string): TaskDefinitionRecord | undefined {
  const family = arn.split('/').at(-1)?.split(':')[0] ?? '';
  return world.services.ecs.state.families[family]?.find((one) => one.arn === arn);
}

const known = new WeakMap<Revision, Made>();

/** What a deployment runs; a revision is replaced, never changed. */
export function madeBy(world: SimulatedWorld, revision: Revision | undefined): Made {
  const before = revision && known.get(revision);
  if (before) return before;
  const made = madeFrom(definitionOf(world, revision?.taskDefinition ?? ''), revision?.strategy ?? []);
  if (revision) known.set(revision, made);
  return made;
}

function madeFrom(record: TaskDefinitionRecord | undefined, strategy: readonly StrategyItem[]): Made {
  const containers = record?.containerDefinitions ?? [];
  const told = containers[0]?.environment ?? [];
  return {
    cpu: Number(record?.cpu ?? 0),
    memoryMiB: Number(record?.memory ?? 0),
    diskGiB: Number(record?.ephemeralStorage?.sizeInGiB ?? FREE_DISK_GIB),
    architecture: record?.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    capacity: strategy.map(capacityOf).join(', '),
    images: Object.fromEntries(containers.map(({ name, image }) => [name, image])),
    told: Object.fromEntries(told.map(({ name, value }) => [name, value])),
  };
}

const capacityOf = ({ capacityProvider, base, weight }: StrategyItem): string =>
  weight === 0 ? `${base} on ${capacityProvider}` : capacityProvider;

const prices = new WeakMap<TaskRecord, number>();

/** List price, with a public address. */
export function usdPerHourOf(world: SimulatedWorld, task: TaskRecord): number {
  const usd = prices.get(task) ?? priceOf(world, task);
  prices.set(task, usd);
  return usd;
}

function priceOf(world: SimulatedWorld, task: TaskRecord): number {
  const { architecture } = madeFrom(definitionOf(world, task.taskDefinition), []);
  return workerUsdPerHour(
    {
      cpu: Number(task.cpu),
      memoryMiB: Number(task.memory),
      diskGiB: task.ephemeralGiB,
      architecture: architecture === 'ARM64' ? 'arm64' : 'x86_64',
      capacity: task.capacityProvider === 'FARGATE_SPOT' ? 'spot' : 'on-demand',
    },
    OWN_NETWORK,
  );
}
