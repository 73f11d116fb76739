/** Deployments of a service: begun, completed, failed by the circuit breaker, rolled back. */
import { breakerThreshold } from './circuit-breaker.ts';
import type { EcsContext } from './context.ts';
import { digits } from './names.ts';
import { beginRollout, endRollout } from './rollouts.ts';
import { emitDeployment, say } from './service-events.ts';
import type { DeploymentRecord, Revision, RolloutState, ServiceRecord } from './state.ts';

export const primaryOf = (service: ServiceRecord): DeploymentRecord | undefined =>
  service.deployments.find((deployment) => deployment.status === 'PRIMARY');

/** Makes the revision the primary deployment; what was primary is drained by the scheduler. */
export function beginDeployment(context: EcsContext, service: ServiceRecord, revision: Revision): DeploymentRecord {
  const now = context.world.now();
  const id = `ecs-svc/${digits(context.world, 19)}`;
  const deployment: DeploymentRecord = {
    id,
    status: 'PRIMARY',
    revision,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
  };
  endRollout(context, service, 'STOPPED', 'A newer deployment took its place.');
  makePrimary(service, deployment);
  service.failure = null;
  beginRollout(context, service, deployment, 'IN_PROGRESS');
  emitDeployment(context, service, deployment);
  return deployment;
}

function makePrimary(service: ServiceRecord, deployment: DeploymentRecord): void {
  const others = service.deployments.filter((other) => other.id !== deployment.id);
  for (const other of others) other.status = 'ACTIVE';
  deployment.status = 'PRIMARY';
  service.deployments = [deployment, ...others];
  // A new revision starts without the delays that an earlier one has earned.
  Object.assign(service, { steady: false, startFailures: 0, notBefore: 0 });
}

export function completeDeployment(context: EcsContext, service: ServiceRecord, deployment: DeploymentRecord): void {
  setRollout(context, deployment, 'COMPLETED', `ECS deployment ${deployment.id} completed.`);
  service.completed = structuredClone(deployment);
  endRollout(context, service, 'SUCCESSFUL');
  say(context, service, `(deployment ${deployment.id}) deployment completed.`);
  emitDeployment(context, service, deployment);
}

/** Counts one more failed task, and fails the deployment when that reaches the threshold. */
export function countFailure(context: EcsContext, service: ServiceRecord, deployment: DeploymentRecord): void {
  if (deployment.rolloutState !== 'IN_PROGRESS') return;
  deployment.failedTasks++;
  const breaker = service.configuration.deploymentCircuitBreaker;
  if (breaker.enable && deployment.failedTasks >= breakerThreshold(breaker, service.desiredCount)) {
    failDeployment(context, service, deployment);
  }
}

function failDeployment(context: EcsContext, service: ServiceRecord, deployment: DeploymentRecord): void {
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  setRollout(context, deployment, 'FAILED', reason);
  service.failure = { deploymentId: deployment.id, reason };
  say(context, service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  emitDeployment(context, service, deployment);
  const target = service.completed;
  if (service.configuration.deploymentCircuitBreaker.rollback && target) {
    rollBack(context, service, target);
  } else {
    endRollout(context, service, 'STOPPED', reason);
  }
}

/** The deployment that completed last is primary again, under its own id, and no target for another roll-back. */
function rollBack(context: EcsContext, service: ServiceRecord, target: DeploymentRecord): void {
  const deployment = service.deployments.find((one) => one.id === target.id) ?? target;
  service.completed = null;
  deployment.failedTasks = 0;
  const reason = `ECS deployment circuit breaker: rolling back to deploymentId ${deployment.id}.`;
  setRollout(context, deployment, 'IN_PROGRESS', reason);
  makePrimary(service, deployment);
  beginRollout(context, service, deployment, 'ROLLBACK_IN_PROGRESS');
  say(context, service, `rolling back to deployment ${deployment.id}.`);
  emitDeployment(context, service, deployment);
}

function setRollout(context: EcsContext, deployment: DeploymentRecord, state: RolloutState, reason: string): void {
  Object.assign(deployment, {
    rolloutState: state,
    rolloutStateReason: reason,
    updatedAt: context.world.now(),
  });
  context.world.changed('ecs');
}
