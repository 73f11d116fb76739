/** What the simulator itself looks up in the state of the cloud, past every port. */
import { findStack, type Stack } from '../../local/cloud/cloudformation/state.ts';
import type { ServiceRecord, TaskRecord } from '../../local/cloud/ecs/state.ts';
import { INSTALLATION } from './foundation.ts';
import type { SimulatedWorld } from './world.ts';

type Within = Pick<SimulatedWorld, 'services' | 'clock'>;

/** By name or id; undefined for one that is deleted. */
export function livingStack({ services }: Within, nameOrId: string): Stack | undefined {
  const stack = findStack(services.cloudformation.state, nameOrId);
  return stack?.status === 'DELETE_COMPLETE' ? undefined : stack;
}

export function serviceRecord({ services, clock }: Within, name: string): ServiceRecord | undefined {
  return services.ecs.state.services[`arn:aws:ecs:${clock.region}:${clock.account}:service/${INSTALLATION}/${name}`];
}

/** Tasks of a service that shall run. */
export function tasksOf(world: Within, service: string): TaskRecord[] {
  const arn = serviceRecord(world, service)?.arn;
  return Object.values(world.services.ecs.state.tasks).filter(
    (task) => task.service === arn && arn !== undefined && task.desiredStatus === 'RUNNING',
  );
}
