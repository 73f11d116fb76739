/** What every part of the local ECS works on: the world, the seams, the state, and the indexes that keep it quick. */
import type { Emit, World } from '../kernel.ts';
import type { EcsFaults, IssueSession, TaskNetwork, TaskRuntime } from './ports.ts';
import type { EcsState, ServiceRecord, TaskRecord } from './state.ts';
import type { Timing } from './timing.ts';

export type TaskMoment = 'running' | 'room' | 'healthy' | 'unhealthy' | 'stopped';

export interface EcsContext {
  world: World;
  emit: Emit;
  runtime: TaskRuntime;
  network: TaskNetwork;
  issueSession: IssueSession;
  timing: Timing;
  faults: EcsFaults;
  /** Base URL of the cloud as tasks reach it. */
  endpoint: () => string;
  state: EcsState;
  live: LiveTasks;
  /** The scheduler's ear: something happened to a task of a service. */
  noticed: (task: TaskRecord, moment: TaskMoment) => void;
}

/** Tasks that are not STOPPED yet, by service, so that looking after one service costs no more than its own tasks. */
interface LiveTasks {
  add(task: TaskRecord): void;
  remove(task: TaskRecord): void;
  of(service: ServiceRecord): TaskRecord[];
  all(): Iterable<TaskRecord>;
  /** The task and container that a metadata token belongs to. */
  byToken(token: string): { task: TaskRecord; containerName: string } | undefined;
}

export function createLiveTasks(): LiveTasks {
  const everyTask = new Map<string, TaskRecord>();
  const byService = new Map<string, Map<string, TaskRecord>>();
  const tokens = new Map<string, { task: TaskRecord; containerName: string }>();
  return {
    add(task) {
      everyTask.set(task.id, task);
      for (const container of task.containers) tokens.set(container.token, { task, containerName: container.name });
      if (task.service === undefined) return;
      const siblings = byService.get(task.service) ?? new Map<string, TaskRecord>();
      byService.set(task.service, siblings.set(task.id, task));
    },
    remove(task) {
      everyTask.delete(task.id);
      for (const container of task.containers) tokens.delete(container.token);
      if (task.service !== undefined) byService.get(task.service)?.delete(task.id);
    },
    of: (service) => [...(byService.get(service.arn)?.values() ?? [])],
    all: () => everyTask.values(),
    byToken: (token) => tokens.get(token),
  };
}

export const emptyState = (): EcsState => ({
  clusters: {},
  families: {},
  services: {},
  tasks: {},
  stopped: [],
  addressCursor: 0,
});
