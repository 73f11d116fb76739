/** A small ECS for tests: virtual time, programs in memory, a network that hands out interfaces, events written down. */
import type { ServiceEvent } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createEcs } from './ecs.ts';
import { createMemoryRuntime } from './memory-runtime.ts';
import type { TaskNetwork } from './ports.ts';
import type { EcsState } from './state.ts';
import { LOCAL_TIMING, type Timing } from './timing.ts';

interface TestCloudOptions {
  seed?: number;
  timing?: Partial<Timing>;
  saved?: EcsState;
}

/** ENIs by id, with their private address. */
function createTestNetwork(): TaskNetwork & { attached: Map<string, string> } {
  const attached = new Map<string, string>();
  let count = 0;
  return {
    attached,
    attachInterface({ subnetId, privateAddress }) {
      if (!subnetId.startsWith('subnet-')) throw new Error(`The subnet ID '${subnetId}' does not exist`);
      const networkInterfaceId = `eni-${String(++count).padStart(17, '0')}`;
      attached.set(networkInterfaceId, privateAddress);
      return {
        networkInterfaceId,
        macAddress: '02:00:00:00:00:01',
        privateDnsName: `ip-${privateAddress.replaceAll('.', '-')}.ec2.internal`,
        availabilityZone: 'us-east-1a',
      };
    },
    detachInterface: (id) => void attached.delete(id),
  };
}

export function createTestCloud(options: TestCloudOptions = {}) {
  const world = createVirtualWorld({ seed: options.seed });
  const events: ServiceEvent[] = [];
  const runtime = createMemoryRuntime();
  const network = createTestNetwork();
  const ecs = createEcs({
    world,
    emit: (event) => events.push(event),
    tasks: runtime,
    network,
    issueSession: (roleArn, sessionName, ttlSeconds) => ({
      accessKeyId: 'ASIATEST',
      secretAccessKey: `secret of ${roleArn}`,
      sessionToken: sessionName,
      expiresAt: world.now() + ttlSeconds * 1000,
    }),
    endpoint: () => 'http://127.0.0.1:4599',
    timing: { ...LOCAL_TIMING, ...options.timing },
    saved: options.saved,
  });
  return { world, events, runtime, network, ecs };
}

export type TestCloud = ReturnType<typeof createTestCloud>;

export const NETWORK = {
  awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' as const },
};

/** A cluster `farm` and revision 1 of the task definition `worker`. */
export function prepare({ ecs }: TestCloud, container: Record<string, unknown> = {}): string {
  ecs.createCluster({ clusterName: 'farm', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  return register(ecs, container);
}

export function register(ecs: TestCloud['ecs'], container: Record<string, unknown> = {}, more: object = {}): string {
  return ecs.registerTaskDefinition({
    family: 'worker',
    cpu: '1024',
    memory: '2048',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    taskRoleArn: 'arn:aws:iam::000000000000:role/worker',
    containerDefinitions: [{ name: 'main', image: 'bbf/farm-worker', ...container }],
    ...more,
  }).taskDefinition.taskDefinitionArn;
}

/** Creates the service `pool` and lets it settle unless it can't. */
export function startService(cloud: TestCloud, desiredCount: number, more: Record<string, unknown> = {}): void {
  cloud.ecs.createService({
    cluster: 'farm',
    serviceName: 'pool',
    taskDefinition: 'worker',
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
    desiredCount,
    ...more,
  });
}

export function serviceOf({ ecs }: TestCloud) {
  const [service] = ecs.describeServices({ cluster: 'farm', services: ['pool'] }).services;
  if (!service) throw new Error('The service pool does not exist.');
  return service;
}

/** Tasks that are not STOPPED, oldest first. */
export const liveTasks = ({ ecs }: TestCloud) =>
  Object.values(ecs.state.tasks).filter((task) => task.lastStatus !== 'STOPPED');

export const messagesOf = (cloud: TestCloud) => serviceOf(cloud).events.map((event) => event.message);
export const hasSettled = (cloud: TestCloud) => {
  const service = serviceOf(cloud);
  return service.deployments.length === 1 && service.deployments[0]?.rolloutState === 'COMPLETED';
};

export const running = (cloud: TestCloud) => liveTasks(cloud).filter((task) => task.lastStatus === 'RUNNING');
export const settle = (cloud: TestCloud) => cloud.world.runUntil(() => hasSettled(cloud), 60_000);
export const update = (cloud: TestCloud, change: object) =>
  cloud.ecs.updateService({ cluster: 'farm', service: 'pool', ...change });
export const protect = (cloud: TestCloud, ...tasks: string[]) =>
  cloud.ecs.updateTaskProtection({ cluster: 'farm', tasks, protectionEnabled: true, expiresInMinutes: 10 });

/** A farm whose one service has settled at `count` tasks. */
export function serviceWith(count: number, more: Record<string, unknown> = {}): TestCloud {
  const cloud = createTestCloud();
  prepare(cloud);
  startService(cloud, count, more);
  settle(cloud);
  return cloud;
}
