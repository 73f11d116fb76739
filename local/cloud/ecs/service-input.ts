/** What CreateService and UpdateService take, checked and brought into the shapes of the state. */
import { requireAssociated, type StrategyInput, strategyOf } from './clusters.ts';
import { clientException, invalidParameter, unsupported } from './failures.ts';
import type {
  AwsvpcConfiguration,
  ClusterRecord,
  DeploymentConfiguration,
  Revision,
  Tag,
  TaskDefinitionRecord,
} from './state.ts';

export interface NetworkInput {
  awsvpcConfiguration?: { subnets: string[]; securityGroups?: string[]; assignPublicIp?: 'ENABLED' | 'DISABLED' };
}

interface ServiceSettings {
  desiredCount?: number;
  capacityProviderStrategy?: StrategyInput[];
  deploymentConfiguration?: Partial<DeploymentConfiguration>;
  networkConfiguration?: NetworkInput;
  platformVersion?: string;
  availabilityZoneRebalancing?: 'ENABLED' | 'DISABLED';
  enableECSManagedTags?: boolean;
  enableExecuteCommand?: boolean;
  propagateTags?: 'SERVICE' | 'TASK_DEFINITION' | 'NONE';
  /** Members below are refused: nothing in bbf needs them. */
  loadBalancers?: unknown[];
  serviceRegistries?: unknown[];
  serviceConnectConfiguration?: unknown;
  volumeConfigurations?: unknown[];
}

export interface CreateServiceInput extends ServiceSettings {
  cluster?: string;
  serviceName: string;
  taskDefinition?: string;
  launchType?: string;
  schedulingStrategy?: string;
  deploymentController?: { type: string };
  clientToken?: string;
  tags?: Tag[];
}

export interface UpdateServiceInput extends ServiceSettings {
  cluster?: string;
  service: string;
  taskDefinition?: string;
  forceNewDeployment?: boolean;
}

export function refuseUnsupported(input: ServiceSettings & Partial<CreateServiceInput>): void {
  if (input.loadBalancers?.length) throw unsupported('load balancers of a service');
  if (input.serviceRegistries?.length) throw unsupported('service registries');
  if (input.serviceConnectConfiguration) throw unsupported('Service Connect');
  if (input.volumeConfigurations?.length) throw unsupported('volumes configured at deployment');
  if ((input.schedulingStrategy ?? 'REPLICA') !== 'REPLICA') {
    throw unsupported(`the scheduling strategy ${input.schedulingStrategy}`);
  }
  if ((input.deploymentController?.type ?? 'ECS') !== 'ECS') {
    throw unsupported(`the deployment controller ${input.deploymentController?.type}`);
  }
}

export function checkDesiredCount(count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw invalidParameter(`Desired count can not be negative: ${count}`);
}

export function networkOf(
  input: NetworkInput | undefined,
  definition: TaskDefinitionRecord,
): AwsvpcConfiguration | null {
  const vpc = input?.awsvpcConfiguration;
  if (definition.networkMode !== 'awsvpc') return null;
  if (!vpc) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!vpc.subnets?.length) throw invalidParameter('subnets can not be empty.');
  return {
    subnets: vpc.subnets,
    securityGroups: vpc.securityGroups ?? [],
    assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
  };
}

/** Either a launch type or a strategy; neither means the cluster's default strategy. */
export function capacityOf(
  cluster: ClusterRecord,
  launchType: string | undefined,
  items: StrategyInput[] | undefined,
): Pick<Revision, 'launchType' | 'strategy'> {
  if (launchType !== undefined && items?.length) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  if (launchType !== undefined && launchType !== 'FARGATE') throw unsupported(`the launch type ${launchType}`);
  if (launchType === 'FARGATE') return { launchType, strategy: [] };
  const strategy = items?.length ? strategyOf(items) : cluster.defaultStrategy;
  if (strategy.length === 0)
    throw unsupported('the launch type EC2, which is the default of a cluster without a strategy');
  requireAssociated(cluster.capacityProviders, strategy);
  return { launchType: null, strategy };
}

export function requireFargate(definition: TaskDefinitionRecord): void {
  if (definition.requiresCompatibilities.includes('FARGATE')) return;
  throw clientException('Task definition does not support launch_type FARGATE.');
}

/** Defaults as the API reference gives them for REPLICA services. */
export function configurationOf(
  input: Partial<DeploymentConfiguration> | undefined,
  before?: DeploymentConfiguration,
): DeploymentConfiguration {
  const base = before ?? {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    deploymentCircuitBreaker: { enable: false, rollback: false },
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  };
  const configuration: DeploymentConfiguration = { ...base, ...input };
  const { maximumPercent: most, minimumHealthyPercent: least } = configuration;
  if (most < least || most <= 0 || (most === 100 && least === 100)) {
    throw invalidParameter(
      `The specified deployment configuration (maximumPercent ${most}, minimumHealthyPercent ${least}) leaves no room to replace a task.`,
    );
  }
  if ((configuration.strategy ?? 'ROLLING') !== 'ROLLING') {
    throw unsupported(`the deployment strategy ${configuration.strategy}`);
  }
  return configuration;
}
