/** Tells EventBridge what happens to tasks, in the shape of the developer guide's task state change events. */
import type { EcsContext } from './context.ts';
import { describeTask } from './describe-task.ts';
import { isoInstant } from './names.ts';
import type { TaskRecord } from './state.ts';

const INSTANTS = [
  'createdAt',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppingAt',
  'executionStoppedAt',
  'stoppedAt',
] as const;

/** Counts the change and says it. */
export function taskChanged(context: EcsContext, task: TaskRecord): void {
  task.version++;
  context.world.changed('ecs');
  context.emit({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: detailOf(context, task),
  });
}

function detailOf(context: EcsContext, task: TaskRecord): Record<string, unknown> {
  const { tags: _tags, healthStatus: _health, ...described } = describeTask(context, task);
  const detail: Record<string, unknown> = { ...described, updatedAt: isoInstant(context.world.now()) };
  for (const name of INSTANTS) {
    const at = described[name];
    if (at !== undefined) detail[name] = isoInstant(at * 1000);
  }
  // The API calls this attachment ElasticNetworkInterface, the event eni; container health is not in the event.
  detail.attachments = described.attachments.map((attachment) => ({ ...attachment, type: 'eni' }));
  detail.containers = described.containers.map(({ healthStatus: _health, ...container }) => container);
  return JSON.parse(JSON.stringify(detail));
}
