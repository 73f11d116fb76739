/** Carries out the steps of a story: what people, builds, hands and chance do to the world. */
import { clusterKey, clusterOfKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import { ServiceError } from '../../local/cloud/kernel.ts';
import { fastScheduleRuleName, reconcilerFunctionName, slowScheduleRuleName } from '../../templates/names.ts';
import type { Builds } from './builds.ts';
import { INSTALLATION } from './foundation.ts';
import { type MutationKind, record } from './history.ts';
import { livingStack, serviceRecord, tasksOf } from './lookups.ts';
import type { People } from './people.ts';
import { DEFAULT_CLUSTER, type Step, type StepName } from './story.ts';
import type { SimulatedWorld } from './world.ts';

/** No invocation has this number. */
const NOBODY = 0;

interface Actors {
  world: SimulatedWorld;
  people: People;
  builds: Builds;
}

/** False: there was nothing to do it to. */
type Carry = { [Name in StepName]: (actors: Actors, step: Extract<Step, { do: Name }>) => unknown };

/** What AWS refuses, e.g. to scale a service that is not there, is refused and no more. True where the step changed something. */
export function carryOut(actors: Actors, step: Step): boolean {
  try {
    return (CARRY[step.do] as (actors: Actors, step: Step) => unknown)(actors, step) !== false;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return false;
  }
}

const CARRY: Carry = {
  edit: ({ people }, step) => people.edit(step),
  write: ({ people }, { cluster, text }) => people.write(cluster, text),
  lose: ({ people }, { cluster }) => people.lose(cluster),
  delete: ({ people }, { cluster }) => people.bury(cluster),
  build: ({ builds }, step) => builds.begin(step),
  lease: ({ world }, { cluster = DEFAULT_CLUSTER, id, text }) => void world.put(leaseKey(cluster, id), text),
  invoke: invoke,
  scale: byHand('service.scale', ({ world }, service, { count }) => {
    world.services.ecs.updateService({ cluster: INSTALLATION, service, desiredCount: count });
    return count;
  }),
  deleteService: byHand('service.delete', ({ world }, service) => {
    world.services.ecs.deleteService({ cluster: INSTALLATION, service, force: true });
    return null;
  }),
  deleteStack: byHand('stack.delete', ({ world }, stack) => {
    const isThere = livingStack(world, stack) !== undefined;
    world.services.cloudformation.deleteStack({ StackName: stack });
    return isThere ? null : undefined;
  }),
  updateStack: byHand(
    'stack.update',
    ({ world }, stack, { parameters = {}, properties = {}, keepsFailure = false }) => {
      const how = { ...asItIs(world, stack, parameters), DisableRollback: keepsFailure };
      const template = templateWith(livingStack(world, stack)?.blueprint.templateBody, properties);
      world.services.cloudformation.updateStack({ StackName: stack, ...how, ...template });
      return JSON.stringify({ ...parameters, ...properties });
    },
  ),
  editTags: byHand('stack.update', ({ world }, stack, { tags }) => {
    const all = { ...livingStack(world, stack)?.blueprint.tags, ...tags };
    const Tags = Object.entries(all).flatMap(([Key, Value]) => (Value === null ? [] : { Key, Value }));
    world.services.cloudformation.updateStack({ StackName: stack, ...asItIs(world, stack), Tags });
    return JSON.stringify(tags);
  }),
  deregister: byHand('taskdefinition.deregister', ({ world }, service) => {
    const [deployment] = serviceRecord(world, service)?.deployments ?? [];
    const taskDefinition = deployment?.revision.taskDefinition;
    if (taskDefinition) world.services.ecs.deregisterTaskDefinition({ taskDefinition });
    return taskDefinition;
  }),
  review: byHand('stack.create', ({ world }, stack) => {
    const TemplateBody = JSON.stringify({ Resources: { Nothing: { Type: 'AWS::Logs::LogGroup' } } });
    const changeSet = { ChangeSetName: 'left', ChangeSetType: 'CREATE' as const };
    world.services.cloudformation.createChangeSet({ StackName: stack, ...changeSet, TemplateBody });
    return 'left';
  }),
  kill: ({ world }, { part, cluster, count, code = 1 }) => {
    const tasks = tasksOf(world, world.nameOf(part, cluster)).slice(0, count);
    for (const task of tasks) world.tasks.program(task.id)?.exit(code);
    return tasks.length > 0;
  },
  interrupt: ({ world }, { part, cluster, count }) => {
    const tasks = tasksOf(world, world.nameOf(part, cluster)).slice(0, count);
    for (const task of tasks) world.services.ecs.interrupt(task.id);
    return tasks.length > 0;
  },
  clock: ({ world: { weather } }, { skewMs, lasting }) => {
    weather.skewMs = skewMs;
    if (lasting) weather.lasting.add('clock');
  },
  events: ({ world: { weather } }, { lost = 0, twice = 0, lateMs = 0, lasting }) => {
    Object.assign(weather, { lostEvents: lost, doubledEvents: twice, lateEventsMs: lateMs });
    if (lasting) weather.lasting.add('events');
  },
  placement: ({ world }, { part, cluster, reason, lasting }) => {
    const name = world.nameOf(part, cluster);
    if (reason === null) world.weather.placement.delete(name);
    else world.weather.placement.set(name, reason);
    if (lasting) world.weather.lasting.add(`placement ${name}`);
  },
  image: ({ world: { tasks, weather } }, { image, problem }) => {
    tasks.missingImages.delete(image);
    weather.badPrograms.delete(image);
    if (problem === 'crashes' || problem === 'hangs') weather.badPrograms.set(image, problem);
    else if (problem !== null) tasks.missingImages.set(image, problem);
  },
  deploy: ({ world: { weather } }, { version }) => {
    weather.version = version;
  },
  object: ({ world }, { key, text }) => {
    if (text !== null) world.put(key, text);
    else world.services.s3.deleteObject({ bucket: world.bucket, key });
    const cluster = clusterOfKey(key);
    if (cluster === undefined || key !== statusKey(cluster) || text !== null) return;
    record(world.history, 'statuses', { at: world.now(), cluster, revision: '', invocation: NOBODY, status: null });
  },
  silence: ({ world: { weather, now } }, { forMs }) => {
    weather.silentUntil = Math.max(weather.silentUntil, now() + forMs);
  },
};

/** An invocation that no rule asked for: an event delivered twice, somebody's test. */
function invoke({ world }: Actors, { by, cluster = DEFAULT_CLUSTER }: Extract<Step, { do: 'invoke' }>): void {
  const rule = by === 'fast' ? fastScheduleRuleName(INSTALLATION) : slowScheduleRuleName(INSTALLATION);
  const { region, account } = world.clock;
  const schedule = { source: 'aws.events', resources: [`arn:aws:events:${region}:${account}:rule/${rule}`] };
  const object = { source: 'aws.s3', detail: { object: { key: clusterKey(cluster) } } };
  const payload = JSON.stringify(by === 'document' ? object : schedule);
  world.services.lambda.invokeLater(reconcilerFunctionName(INSTALLATION), payload);
}

/** What an update says of a stack that it leaves as it is, but for these parameters. */
function asItIs(world: SimulatedWorld, stack: string, parameters: Record<string, string> = {}) {
  const known = Object.keys(livingStack(world, stack)?.blueprint.parameters ?? {});
  const Parameters = known.map((ParameterKey) =>
    parameters[ParameterKey] === undefined
      ? { ParameterKey, UsePreviousValue: true }
      : { ParameterKey, ParameterValue: parameters[ParameterKey] },
  );
  return { UsePreviousTemplate: true, Parameters };
}

function templateWith(body: string | undefined, properties: Record<string, Record<string, unknown>>) {
  if (body === undefined || Object.keys(properties).length === 0) return {};
  const template = JSON.parse(body) as { Resources: Record<string, { Properties: object }> };
  for (const [resource, more] of Object.entries(properties))
    Object.assign(template.Resources[resource]?.Properties ?? {}, more);
  return { UsePreviousTemplate: false, TemplateBody: JSON.stringify(template) };
}

type PartStep = Extract<Step, { part: string }>;

/** A change past the reconciler, on record as a person's. */
function byHand<S extends PartStep>(
  kind: MutationKind,
  /** Undefined: there was nothing to change. */
  change: (actors: Actors, name: string, step: S) => number | string | null | undefined,
): (actors: Actors, step: S) => boolean {
  return (actors, step) => {
    const { world } = actors;
    const cluster = step.cluster ?? DEFAULT_CLUSTER;
    const target = world.nameOf(step.part, cluster);
    const before = serviceRecord(world, target)?.desiredCount ?? null;
    const after = change(actors, target, step);
    const index = world.history.mutations.length;
    record(world.history, 'mutations', {
      index,
      at: world.now(),
      actor: 'person',
      kind,
      cluster,
      target,
      before,
      after: after ?? null,
    });
    return after !== undefined;
  };
}
