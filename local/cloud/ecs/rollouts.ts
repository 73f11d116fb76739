/** The history of a service's deployments, as ListServiceDeployments and DescribeServiceDeployments tell it. */
import { breakerThreshold } from './circuit-breaker.ts';
import { activeCluster } from './clusters.ts';
import type { EcsContext } from './context.ts';
import { serviceNotFound } from './failures.ts';
import {
  clusterArn,
  digits,
  seconds,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  shortName,
} from './names.ts';
import { type PageInput, pageOf } from './paging.ts';
import type { DeploymentRecord, RolloutRecord, ServiceRecord } from './state.ts';

/** AWS keeps 90 days; here the newest few. */
const KEPT_ROLLOUTS = 20;

type Begun = 'IN_PROGRESS' | 'ROLLBACK_IN_PROGRESS';

/** A roll-back goes on within the rollout that failed. */
export function beginRollout(
  context: EcsContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  status: Begun,
): void {
  const current = service.rollouts[0];
  if (status === 'ROLLBACK_IN_PROGRESS' && current?.status === 'IN_PROGRESS') {
    Object.assign(current, { status, statusReason: deployment.rolloutStateReason });
    return;
  }
  service.rollouts.unshift({
    id: digits(context.world, 21),
    deploymentId: deployment.id,
    status,
    createdAt: context.world.now(),
  });
  service.rollouts.length = Math.min(service.rollouts.length, KEPT_ROLLOUTS);
}

/** Ends the running rollout, if there is one. */
export function endRollout(
  context: EcsContext,
  service: ServiceRecord,
  status: 'SUCCESSFUL' | 'STOPPED',
  reason?: string,
): void {
  const current = service.rollouts[0];
  if (!current || current.finishedAt !== undefined) return;
  const wasRollback = current.status === 'ROLLBACK_IN_PROGRESS';
  current.status = wasRollback && status === 'SUCCESSFUL' ? 'ROLLBACK_SUCCESSFUL' : status;
  current.statusReason = reason ?? current.statusReason;
  current.finishedAt = context.world.now();
}

interface ListRolloutsInput extends PageInput {
  cluster?: string;
  service: string;
  status?: string[];
}
export function listServiceDeployments(context: EcsContext, input: ListRolloutsInput) {
  const cluster = activeCluster(context, input.cluster);
  const service = context.state.services[serviceArn(context.world, cluster.name, shortName(input.service))];
  if (!service) throw serviceNotFound();
  const chosen = service.rollouts.filter((rollout) => !input.status?.length || input.status.includes(rollout.status));
  const page = pageOf(chosen, input, 100, 20);
  return {
    serviceDeployments: page.items.map((rollout) => brief(context, service, rollout)),
    nextToken: page.nextToken,
  };
}

export function describeServiceDeployments(context: EcsContext, input: { serviceDeploymentArns: string[] }) {
  const known = new Map<string, () => unknown>();
  for (const service of Object.values(context.state.services)) {
    for (const rollout of service.rollouts) {
      known.set(arnOf(context, service, rollout), () => whole(context, service, rollout));
    }
  }
  const asked = input.serviceDeploymentArns ?? [];
  return {
    serviceDeployments: asked.flatMap((arn) => known.get(arn)?.() ?? []),
    failures: asked.filter((arn) => !known.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  };
}

const arnOf = (context: EcsContext, service: ServiceRecord, rollout: RolloutRecord) =>
  serviceDeploymentArn(context.world, service.clusterName, service.name, rollout.id);

function brief(context: EcsContext, service: ServiceRecord, rollout: RolloutRecord) {
  const revision = shortName(rollout.deploymentId);
  return {
    serviceDeploymentArn: arnOf(context, service, rollout),
    serviceArn: service.arn,
    clusterArn: clusterArn(context.world, service.clusterName),
    createdAt: seconds(rollout.createdAt),
    startedAt: seconds(rollout.createdAt),
    finishedAt: seconds(rollout.finishedAt),
    targetServiceRevisionArn: serviceRevisionArn(context.world, service.clusterName, service.name, revision),
    status: rollout.status,
    statusReason: rollout.statusReason,
  };
}

function whole(context: EcsContext, service: ServiceRecord, rollout: RolloutRecord) {
  const { targetServiceRevisionArn, ...rest } = brief(context, service, rollout);
  const deployment = service.deployments.find((one) => one.id === rollout.deploymentId);
  const breaker = service.configuration.deploymentCircuitBreaker;
  const monitoring = rollout.finishedAt === undefined ? 'MONITORING' : 'MONITORING_COMPLETE';
  return {
    ...rest,
    targetServiceRevision: { arn: targetServiceRevisionArn, requestedTaskCount: service.desiredCount },
    deploymentConfiguration: service.configuration,
    deploymentCircuitBreaker: {
      status: breaker.enable ? monitoring : 'DISABLED',
      failureCount: deployment?.failedTasks ?? 0,
      threshold: breakerThreshold(breaker, service.desiredCount),
    },
  };
}
