/** The stack of one pool: identical execute-only workers, whose number only ECS UpdateService changes. */
import { configurationText, heapMiB, workerConfiguration } from './buildfarm/configuration.ts';
import { ONE_CAPACITY, type PoolCapacity, SPOT_WITH_BASE } from './capacity.ts';
import { importValue, ref, type Template } from './cloudformation.ts';
import { RUN_VOLUME, WORK_VOLUME, workMount } from './companions.ts';
import { healthCheck, listens, works } from './container.ts';
import { engineOf, imageParameters, imageValues } from './engine.ts';
import { METRICS_PORT, WORKER_PORT } from './farm-ports.ts';
import { exportName, poolStackName, TAG_POOL } from './names.ts';
import { circuitBreaker, serviceConditions, serviceParameters, serviceResources } from './service.ts';
import { type ClusterShape, madeOnce, type StackShape, shapedOnce, stackShape } from './shape.ts';

const COMPANIONS_OF_WORKER = ['gateway', 'agent'] as const;
const ARCHITECTURES = { x86_64: 'X86_64', arm64: 'ARM64' } as const;

export function poolTemplate(installation: string, capacity: PoolCapacity): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'bbf: one pool of workers',
    Parameters: {
      ...serviceParameters,
      ...imageParameters(COMPANIONS_OF_WORKER),
      Pool: { Type: 'String', Description: 'Name of the pool' },
      DiskGiB: { Type: 'Number', Description: 'Ephemeral disk of one worker, 21 to 200' },
      Slots: { Type: 'String', Description: 'Actions that one worker runs at a time' },
      Platform: { Type: 'String', Description: 'Platform properties, a JSON object' },
      Architecture: { Type: 'String', Description: 'CPU architecture', AllowedValues: Object.values(ARCHITECTURES) },
      ...capacity.parameters,
    },
    Conditions: { ...serviceConditions, ...capacity.conditions },
    Resources: serviceResources({
      installation,
      role: 'worker',
      ports: [],
      environment: {
        BBF_CLUSTER: ref('Cluster'),
        BBF_POOL: ref('Pool'),
        BBF_SLOTS: ref('Slots'),
        BBF_PLATFORM: ref('Platform'),
        BBF_ACCESS_URL: importValue(exportName(installation, 'ReconcilerUrl')),
      },
      withCompanions: {
        main: {
          // Containers end in the reverse order: a worker that drains still needs its gateway.
          DependsOn: [{ ContainerName: 'gateway', Condition: 'START' }],
          MountPoints: [workMount],
          // Until the agent says that it may begin, it is well. That comes with the server, and may take longer than a start period can
          // last: were it unwell meanwhile, a bad server would have ECS replace every worker, and the circuit breaker roll pools back.
          HealthCheck: healthCheck(`[ ! -e /work/ready ] || { ${listens(WORKER_PORT)} && ${works(METRICS_PORT)}; }`),
        },
        more: [],
        volumes: [RUN_VOLUME, WORK_VOLUME],
      },
      taskProperties: {
        RuntimePlatform: { CpuArchitecture: ref('Architecture'), OperatingSystemFamily: 'LINUX' },
        EphemeralStorage: { SizeInGiB: ref('DiskGiB') },
      },
      serviceProperties: {
        CapacityProviderStrategy: capacity.strategy,
        DeploymentConfiguration: {
          MinimumHealthyPercent: 0,
          MaximumPercent: 200,
          DeploymentCircuitBreaker: circuitBreaker,
        },
      },
    }),
    Outputs: { ServiceArn: { Description: 'The ECS service', Value: ref('Service') } },
  };
}

const ofOneCapacity = madeOnce((installation) => poolTemplate(installation, ONE_CAPACITY));
const ofSpotWithBase = madeOnce((installation) => poolTemplate(installation, SPOT_WITH_BASE));

/** @throws RangeError when the spec has no pool of that name */
export const poolShape = (shape: ClusterShape & { pool: string }): StackShape =>
  shapedOnce(shape, `pool ${shape.pool}`, () => newPoolShape(shape));

function newPoolShape(shape: ClusterShape & { pool: string }): StackShape {
  const pool = shape.spec.pools[shape.pool];
  if (!pool) throw new RangeError(`the spec of cluster ${shape.cluster} has no pool ${shape.pool}`);
  const { worker, companions } = engineOf(shape.spec.engine, shape.defaultEngine);
  const buildfarm = companions !== undefined;
  const hasBase = pool.capacity === 'spot' && pool.onDemandBase > 0;
  const parameters = {
    ServiceName: poolStackName(shape.installation, shape.cluster, shape.pool),
    Image: worker,
    Cpu: String(pool.cpu),
    MemoryMiB: String(pool.memoryMiB),
    Cluster: shape.cluster,
    Pool: shape.pool,
    DiskGiB: String(pool.diskGiB),
    Slots: String(pool.slots),
    Platform: JSON.stringify(Object.fromEntries(Object.entries(pool.platform).sort())),
    Architecture: ARCHITECTURES[pool.architecture],
    ...(hasBase ? { OnDemandBase: String(pool.onDemandBase) } : { Capacity: pool.capacity }),
    ...imageValues(COMPANIONS_OF_WORKER, companions),
    Configuration: buildfarm ? configurationText(workerConfiguration(shape.spec, shape.pool, pool)) : '',
    HeapMiB: buildfarm ? String(heapMiB(pool.memoryMiB)) : '',
  };
  const template = hasBase ? ofSpotWithBase : ofOneCapacity;
  return stackShape(shape, template(shape.installation), parameters, { [TAG_POOL]: shape.pool });
}
