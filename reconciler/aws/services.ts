/** Counts and states of services through ECS. */
import { DescribeServicesCommand, type ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { ServiceObservation } from '../core/observation.ts';
import type { Services } from '../ports.ts';
import { sinceSteady, whyTasksFail } from './stopped-tasks.ts';

/** DescribeServices takes at most ten names (API reference). */
const BATCH = 10;
/** How old a service event may be to still explain why a count is not reached. */
const TROUBLE_AGE_MS = 5 * 60_000;
const TROUBLE = /unable to|failed|CannotPull|reached the limit|not available/i;

export function ecsServices(ecs: ECSClient, ecsCluster: string, now: () => number): Services {
  return {
    async describe(names) {
      const observed: Record<string, ServiceObservation> = {};
      for (let i = 0; i < names.length; i += BATCH) {
        const batch = names.slice(i, i + BATCH);
        const answer = await ecs.send(new DescribeServicesCommand({ cluster: ecsCluster, services: batch }));
        for (const name of batch) observed[name] = { state: 'absent' };
        for (const service of answer.services ?? []) {
          const why = await whyTasksFail(ecs, ecsCluster, service, now());
          observed[service.serviceName ?? ''] = observation(service, why, now());
        }
        const other = answer.failures?.find((failure) => failure.reason !== 'MISSING');
        if (other) throw new Error(`DescribeServices failed for ${other.arn}: ${other.reason} ${other.detail ?? ''}`);
      }
      return observed;
    },

    async setDesiredCount(service, desiredCount) {
      await ecs.send(new UpdateServiceCommand({ cluster: ecsCluster, service, desiredCount }));
    },
  };
}

function observation(service: Service, why: string | null, now: number): ServiceObservation {
  const primary = service.deployments?.find((deployment) => deployment.status === 'PRIMARY');
  return {
    state: service.status ?? 'UNKNOWN',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    rollout: primary?.rolloutState ?? null,
    rolloutReason: primary?.rolloutStateReason ?? null,
    deployedAt: primary?.createdAt?.getTime() ?? null,
    troubles: [...(why === null ? [] : [why]), ...troubles(service, now)],
  };
}

function troubles(service: Service, now: number): string[] {
  return sinceSteady(service)
    .filter((event) => now - (event.createdAt?.getTime() ?? 0) < TROUBLE_AGE_MS && TROUBLE.test(event.message ?? ''))
    .slice(0, 3)
    .map((event) => event.message ?? '');
}
