/** CloudFormation's view of an ECS service: stable when its deployment has completed and older ones are gone. */
import type { ResourceOutcome, ResourceProvider } from '../kernel.ts';
import type { EcsContext } from './context.ts';
import { primaryOf } from './deployments.ts';
import type { CreateServiceInput, UpdateServiceInput } from './service-input.ts';
import { createService, deleteService, updateService } from './services.ts';
import { apiMembers, tagsOf } from './template-properties.ts';

/** Template reference: changes of these make another service. */
const REPLACING = ['ServiceName', 'Cluster', 'LaunchType', 'SchedulingStrategy', 'Role', 'DeploymentController'];

export function serviceProvider(context: EcsContext): ResourceProvider {
  const outcome = (arn: string): ResourceOutcome => ({
    physicalId: arn,
    attributes: { ServiceArn: arn, Name: arn.slice(arn.lastIndexOf('/') + 1) },
  });
  return {
    type: 'AWS::ECS::Service',
    create(properties, resource) {
      const input = apiMembers(properties) as Partial<CreateServiceInput>;
      const { service } = createService(context, {
        ...input,
        serviceName: input.serviceName ?? resource.generatedName(255),
        // Template reference: a new service without a count gets one task.
        desiredCount: input.desiredCount ?? 1,
        tags: tagsOf(properties, resource),
      });
      return outcome(service.serviceArn);
    },
    update(physicalId, before, after, resource) {
      if (REPLACING.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))) return 'replace';
      const { cluster, ...members } = apiMembers(after) as Partial<CreateServiceInput>;
      const isMoved =
        JSON.stringify(before.CapacityProviderStrategy) !== JSON.stringify(after.CapacityProviderStrategy);
      const input: UpdateServiceInput & Partial<CreateServiceInput> = { ...members, cluster, service: physicalId };
      // An absent count is left out of the call, so the live one stays.
      updateService(context, {
        ...input,
        forceNewDeployment: isMoved,
        capacityProviderStrategy: isMoved ? input.capacityProviderStrategy : undefined,
      });
      const service = context.state.services[physicalId];
      if (service) service.tags = tagsOf(after, resource);
      return outcome(physicalId);
    },
    delete(physicalId) {
      const service = context.state.services[physicalId];
      if (!service || service.status === 'INACTIVE') return;
      deleteService(context, { cluster: service.clusterName, service: physicalId, force: true });
    },
    stability(physicalId) {
      const service = context.state.services[physicalId];
      if (!service) return { state: 'failed', reason: `Service ${physicalId} does not exist any more.` };
      if (service.status !== 'ACTIVE')
        return { state: 'failed', reason: `Service ${physicalId} is ${service.status}.` };
      const primary = primaryOf(service);
      if (service.failure || primary?.rolloutState === 'FAILED') {
        return {
          state: 'failed',
          reason: "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
        };
      }
      const isStable = primary?.rolloutState === 'COMPLETED' && service.deployments.length === 1;
      return { state: isStable ? 'stable' : 'pending' };
    },
    gone: (physicalId) => (context.state.services[physicalId]?.status ?? 'INACTIVE') === 'INACTIVE',
  };
}
