/** What the local ECS remembers. Plain JSON; instants are milliseconds since the epoch. */

export interface Tag {
  key: string;
  value: string;
}
export interface NameValue {
  name: string;
  value: string;
}
export interface StrategyItem {
  capacityProvider: string;
  weight: number;
  base: number;
}
export interface AwsvpcConfiguration {
  subnets: string[];
  securityGroups: string[];
  assignPublicIp: 'ENABLED' | 'DISABLED';
}

export interface ClusterRecord {
  name: string;
  arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: NameValue[];
  capacityProviders: string[];
  defaultStrategy: StrategyItem[];
  tags: Tag[];
}

type DependencyCondition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';

export interface HealthCheck {
  command: string[];
  /** Seconds. */
  interval: number;
  /** Seconds. */
  timeout: number;
  retries: number;
  /** Seconds. */
  startPeriod: number;
}

/** As registered; members the local cloud does not act on are kept and given back. */
export interface ContainerDefinition {
  name: string;
  image: string;
  essential: boolean;
  command?: string[];
  entryPoint?: string[];
  environment: NameValue[];
  dependsOn?: { containerName: string; condition: DependencyCondition }[];
  healthCheck?: HealthCheck;
  logConfiguration?: { logDriver: string; options?: Record<string, string> };
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout?: number;
  workingDirectory?: string;
  user?: string;
  linuxParameters?: { initProcessEnabled?: boolean };
  mountPoints?: { sourceVolume: string; containerPath: string; readOnly?: boolean }[];
  [member: string]: unknown;
}

export interface TaskDefinitionRecord {
  arn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** CPU units of the task as text, e.g. `1024`. */
  cpu?: string;
  /** MiB as text. */
  memory?: string;
  networkMode: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
  requiresCompatibilities: string[];
  runtimePlatform?: Record<string, string>;
  ephemeralStorage?: { sizeInGiB: number };
  /** Empty at the start of a task, and gone with it. */
  volumes: { name: string }[];
  placementConstraints: unknown[];
  containerDefinitions: ContainerDefinition[];
  tags: Tag[];
  registeredAt: number;
  registeredBy: string;
  deregisteredAt?: number;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** What a deployment runs; two of these that are equal need no new deployment. */
export interface Revision {
  taskDefinition: string;
  launchType: 'FARGATE' | null;
  strategy: StrategyItem[];
  network: AwsvpcConfiguration | null;
  platformVersion: string;
}

export interface DeploymentRecord {
  /** `ecs-svc/` and nineteen digits. */
  id: string;
  status: 'PRIMARY' | 'ACTIVE';
  revision: Revision;
  createdAt: number;
  updatedAt: number;
  rolloutState: RolloutState;
  rolloutStateReason: string;
  /** Tasks that failed one after the other before any was healthy. */
  failedTasks: number;
}

interface ThresholdConfiguration {
  type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT';
  value: number;
}
export interface DeploymentConfiguration {
  maximumPercent: number;
  minimumHealthyPercent: number;
  deploymentCircuitBreaker: {
    enable: boolean;
    rollback: boolean;
    resetOnHealthyTask?: boolean;
    thresholdConfiguration?: ThresholdConfiguration;
  };
  earlySuccessCriteria?: {
    enable: boolean;
    healthyPercent?: number;
    sourceServiceRevisionCleanup?: 'BLOCKING' | 'DEFERRED';
  };
  [member: string]: unknown;
}

/** One rollout as ListServiceDeployments tells it. */
export interface RolloutRecord {
  id: string;
  deploymentId: string;
  status: 'IN_PROGRESS' | 'SUCCESSFUL' | 'STOPPED' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_SUCCESSFUL';
  statusReason?: string;
  createdAt: number;
  finishedAt?: number;
}

export interface ServiceRecord {
  arn: string;
  name: string;
  clusterName: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  configuration: DeploymentConfiguration;
  /** The primary one first. */
  deployments: DeploymentRecord[];
  /** The deployment that completed last: where the circuit breaker rolls back to. */
  completed: DeploymentRecord | null;
  /** Set when the circuit breaker failed a deployment, until somebody changes the service. */
  failure: { deploymentId: string; reason: string } | null;
  rollouts: RolloutRecord[];
  /** Newest first. */
  events: { id: string; createdAt: number; message: string }[];
  steady: boolean;
  /** Tasks in a row that never ran, or could not be placed. */
  startFailures: number;
  /** No task is launched before this instant. */
  notBefore: number;
  propagateTags: 'SERVICE' | 'TASK_DEFINITION' | 'NONE';
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  clientToken?: string;
  tags: Tag[];
  createdAt: number;
  createdBy: string;
}

type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'InfrastructureHealth';

/** Names a process of the machine so that another program with the same number is not mistaken for it. */
export interface ProcessMark {
  pid: number;
  /** When it began, in the kernel's own words. */
  began: string;
}

export interface ContainerRecord {
  name: string;
  id: string;
  runtimeId: string;
  /** Part of the path of its metadata endpoint. */
  token: string;
  image: string;
  essential: boolean;
  /** Has a health check. */
  checked: boolean;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';
  failedChecks: number;
  startedAt?: number;
  finishedAt?: number;
  signalled: boolean;
  exitCode?: number;
  reason?: string;
  process?: ProcessMark;
}

interface InterfaceRecord {
  attachmentId: string;
  networkInterfaceId: string;
  subnetId: string;
  macAddress: string;
  privateDnsName: string;
  address: string;
}

export interface TaskOverride {
  taskRoleArn?: string;
  containerOverrides: { name: string; command?: string[]; environment?: NameValue[] }[];
}

export interface TaskRecord {
  id: string;
  arn: string;
  clusterName: string;
  /** ARN of the service whose task this is. */
  service?: string;
  deploymentId?: string;
  taskDefinition: string;
  group: string;
  startedBy?: string;
  clientToken?: string;
  launchType: 'FARGATE';
  capacityProvider?: string;
  platformVersion: string;
  cpu: string;
  memory: string;
  ephemeralGiB: number;
  taskRoleArn?: string;
  network: AwsvpcConfiguration;
  interface?: InterfaceRecord;
  availabilityZone?: string;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  /** Grows with every change, so that a late event can be told from a newer one. */
  version: number;
  containers: ContainerRecord[];
  overrides: TaskOverride;
  tags: Tag[];
  /** Scale-in protection ends then. */
  protectedUntil?: number;
  /** Once healthy, a later stop is no failure of its deployment. */
  becameHealthy: boolean;
  credentialsId: string;
  credentialsToken: string;
  createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  /** When the task went RUNNING. */
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
}

export interface EcsState {
  /** By name. */
  clusters: Record<string, ClusterRecord>;
  /** By family, then revision n at index n-1. */
  families: Record<string, TaskDefinitionRecord[]>;
  /** By ARN. */
  services: Record<string, ServiceRecord>;
  /** By task id. */
  tasks: Record<string, TaskRecord>;
  /** Ids of stopped tasks, in the order in which they stopped. */
  stopped: string[];
  /** How many addresses the pool has given out; where it goes on. */
  addressCursor: number;
}
