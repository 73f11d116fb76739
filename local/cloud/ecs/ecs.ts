/** The local ECS: one object with its state, its operations, its CloudFormation types and the simulator's seams. */
import type { Emit, ResourceProvider, World } from '../kernel.ts';
import * as clusters from './clusters.ts';
import { createLiveTasks, type EcsContext, emptyState } from './context.ts';
import { describeServices, listServices } from './describe-service.ts';
import { invalidParameter } from './failures.ts';
import { shortName } from './names.ts';
import type { EcsFaults, IssueSession, TaskNetwork, TaskRuntime } from './ports.ts';
import * as protection from './protection.ts';
import { ecsProviders } from './providers.ts';
import { resume } from './resume.ts';
import { describeServiceDeployments, listServiceDeployments } from './rollouts.ts';
import { noticed } from './scheduler.ts';
import * as services from './services.ts';
import type { EcsState } from './state.ts';
import * as tags from './tags.ts';
import * as definitions from './task-definitions.ts';
import { type TaskEndpoints, taskEndpoints } from './task-endpoints.ts';
import * as tasks from './task-operations.ts';
import { requestStop } from './task-stop.ts';
import { LOCAL_TIMING, type Timing } from './timing.ts';

interface EcsOptions {
  world: World;
  emit: Emit;
  tasks: TaskRuntime;
  network: TaskNetwork;
  issueSession: IssueSession;
  /** Base URL of the cloud as tasks reach it, e.g. `http://127.0.0.1:4599`. */
  endpoint: () => string;
  timing?: Timing;
  faults?: EcsFaults;
  saved?: EcsState;
}

/** An operation bound to its context: input (and sometimes the caller's ARN) in, the API's output out. */
type Bound<F> = F extends (context: EcsContext, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

export type Ecs = ReturnType<typeof createEcs>;

export function createEcs(options: EcsOptions) {
  const context: EcsContext = {
    world: options.world,
    emit: options.emit,
    runtime: options.tasks,
    network: options.network,
    issueSession: options.issueSession,
    endpoint: options.endpoint,
    timing: options.timing ?? LOCAL_TIMING,
    faults: options.faults ?? {},
    state: options.saved ?? emptyState(),
    live: createLiveTasks(),
    noticed: (task, moment) => noticed(context, task, moment),
  };
  return {
    state: context.state,
    /** May be changed at any time. */
    faults: context.faults,
    /** Call once after a restart: what ran has ended with the earlier run, and services start anew. */
    resume: () => resume(context),
    ...boundOperations(context),
    /** Takes a Spot task away as AWS does: a warning event and SIGTERM now, SIGKILL after the stop timeout. */
    interrupt: (taskId: string) => interrupt(context, taskId),
    /** `/_ecs/…`: metadata, agent and credentials of tasks; these requests are not signed. */
    endpoints: taskEndpoints(context) as TaskEndpoints,
    providers: ecsProviders(context) as ResourceProvider[],
  };
}

function boundOperations(context: EcsContext) {
  const bind = <F extends (context: EcsContext, ...rest: never[]) => unknown>(operation: F) =>
    ((...rest: never[]) => operation(context, ...rest)) as Bound<F>;
  return {
    createCluster: bind(clusters.createCluster),
    describeClusters: bind(clusters.describeClusters),
    listClusters: bind(clusters.listClusters),
    deleteCluster: bind(clusters.deleteCluster),
    putClusterCapacityProviders: bind(clusters.putClusterCapacityProviders),
    registerTaskDefinition: bind(definitions.registerTaskDefinition),
    deregisterTaskDefinition: bind(definitions.deregisterTaskDefinition),
    deleteTaskDefinitions: bind(definitions.deleteTaskDefinitions),
    describeTaskDefinition: bind(definitions.describeTaskDefinition),
    listTaskDefinitions: bind(definitions.listTaskDefinitions),
    listTaskDefinitionFamilies: bind(definitions.listTaskDefinitionFamilies),
    createService: bind(services.createService),
    updateService: bind(services.updateService),
    deleteService: bind(services.deleteService),
    describeServices: bind(describeServices),
    listServices: bind(listServices),
    listServiceDeployments: bind(listServiceDeployments),
    describeServiceDeployments: bind(describeServiceDeployments),
    runTask: bind(tasks.runTask),
    stopTask: bind(tasks.stopTask),
    describeTasks: bind(tasks.describeTasks),
    listTasks: bind(tasks.listTasks),
    getTaskProtection: bind(protection.getTaskProtection),
    updateTaskProtection: bind(protection.updateTaskProtection),
    tagResource: bind(tags.tagResource),
    untagResource: bind(tags.untagResource),
    listTagsForResource: bind(tags.listTagsForResource),
  };
}

function interrupt(context: EcsContext, taskId: string): void {
  const task = context.state.tasks[shortName(taskId)];
  if (!task) throw invalidParameter('The referenced task was not found.');
  requestStop(context, task, 'SpotInterruption', 'Your Spot Task was interrupted.');
}
