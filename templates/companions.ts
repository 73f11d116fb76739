/** Containers beside an engine that can't do mutual TLS, activity and draining itself, where their images are given (docs/decisions/0014). */
import { type Parameter, ref, type Value } from './cloudformation.ts';
import { container, healthCheck, listens, portMappings, quickHealthCheck, works } from './container.ts';
import { imageParameter } from './engine.ts';
import { LOOPBACK_PORTS, SERVER_PORT, STORAGE_METRICS_PORT, WORKER_PORTS } from './farm-ports.ts';

/** The condition under which a task has companions. */
export const COMPANIONS_GIVEN = 'CompanionsGiven';

export const companionConditions: Record<string, Value> = {
  [COMPANIONS_GIVEN]: { 'Fn::Not': [{ 'Fn::Equals': [ref(imageParameter('gateway')), ''] }] },
};

export const buildfarmParameters: Record<string, Parameter> = {
  Configuration: { Type: 'String', Default: '', Description: 'Buildfarm’s configuration file' },
  HeapMiB: { Type: 'String', Default: '', Description: 'Heap of each JVM of the task, and of its backplane' },
};

/** What a Buildfarm process is told. A JVM in want of memory ends, so that ECS starts the task anew, instead of writing its heap to the disk. */
export const buildfarmEnvironment = (configuration: string): Record<string, Value> => ({
  BBF_CONFIGURATION: ref(configuration),
  JAVA_TOOL_OPTIONS: { 'Fn::Sub': '-Xmx${HeapMiB}m -XX:+ExitOnOutOfMemoryError' },
});

/** Certificate and key, and where the server is: for agent and gateway, and out of sight of the actions. */
export const RUN_VOLUME = { Name: 'run' };
const RUN_PATH = '/run/bbf';
const mount = (volume: { Name: string }, path: string, readOnly: boolean): Value => ({
  SourceVolume: volume.Name,
  ContainerPath: path,
  ReadOnly: readOnly,
});

/** What agent and worker share: the worker's root, and whether it may begin. */
export const WORK_VOLUME = { Name: 'work' };
export const workMount = mount(WORK_VOLUME, '/work', false);

interface Place {
  installation: string;
  role: 'server' | 'worker';
}

export function agent({ installation, role, environment }: Place & { environment: Record<string, Value> }): Value {
  const mounts = [mount(RUN_VOLUME, RUN_PATH, false), ...(role === 'worker' ? [workMount] : [])];
  return container(installation, {
    name: 'agent',
    image: imageParameter('agent'),
    environment: { ...environment, BBF_AGENT: role },
    more: { MountPoints: mounts },
  });
}

export function gateway({ installation, role }: Place): Value {
  const ports = role === 'server' ? [SERVER_PORT, ...Object.values(WORKER_PORTS)] : [];
  return container(installation, {
    name: 'gateway',
    image: imageParameter('gateway'),
    environment: { BBF_GATEWAY: role, BBF_CLUSTER: ref('Cluster') },
    more: {
      PortMappings: portMappings(ports),
      MountPoints: [mount(RUN_VOLUME, RUN_PATH, true)],
      DependsOn: [{ ContainerName: 'agent', Condition: 'START' }],
      // In a worker's task it listens only once there is a server.
      ...(role === 'server' && { HealthCheck: healthCheck(listens(SERVER_PORT)) }),
    },
  });
}

/**
 * Without persistence: what it knows is of no use without the blobs, which live as long as the task. It takes as much memory as a JVM, and
 * then forgets what was used least of what would expire anyway: results, operations and where blobs are (a miss, or the workers are asked
 * anew). Buildfarm's queues and its lists of workers and of dispatched actions never expire (RedisMap sets a time on every key, RedisHashMap
 * and RedisQueue on none; 2.15).
 */
export const backplane = (installation: string): Value =>
  container(installation, {
    name: 'backplane',
    image: imageParameter('backplane'),
    environment: {},
    more: {
      // The images of Redis and Valkey both put the program's name before arguments that begin with a dash.
      Command: [
        ...['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
        ...['--maxmemory', { 'Fn::Sub': '${HeapMiB}mb' }, '--maxmemory-policy', 'volatile-lru'],
      ],
      HealthCheck: quickHealthCheck(listens(LOOPBACK_PORTS.backplane)),
    },
  });

export const afterBackplane: Value = [{ ContainerName: 'backplane', Condition: 'HEALTHY' }];

export const storage = (installation: string): Value =>
  container(installation, {
    name: 'storage',
    image: imageParameter('storage'),
    environment: buildfarmEnvironment('StorageConfiguration'),
    more: {
      DependsOn: afterBackplane,
      HealthCheck: healthCheck(`${listens(LOOPBACK_PORTS.storage)} && ${works(STORAGE_METRICS_PORT)}`),
    },
  });
