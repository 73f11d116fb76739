/** The stack of one cluster's build server: at most one task, stopped before its successor starts. */
import { configurationText, heapMiB, serverConfiguration, storageConfiguration } from './buildfarm/configuration.ts';
import { iff, importValue, noValue, ref, type Template } from './cloudformation.ts';
import { afterBackplane, backplane, RUN_VOLUME, storage } from './companions.ts';
import { healthCheck, listens, works } from './container.ts';
import { engineOf, imageParameters, imageValues } from './engine.ts';
import { LOOPBACK_PORTS, METRICS_PORT, SERVER_PORT } from './farm-ports.ts';
import { exportName, serverStackName } from './names.ts';
import { circuitBreaker, serviceConditions, serviceParameters, serviceResources } from './service.ts';
import { type ClusterShape, madeOnce, type StackShape, shapedOnce, stackShape } from './shape.ts';

const COMPANIONS_OF_SERVER = ['storage', 'backplane', 'gateway', 'agent'] as const;

export function serverTemplate(installation: string): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'bbf: build server of one cluster',
    Parameters: {
      ...serviceParameters,
      ...imageParameters(COMPANIONS_OF_SERVER),
      StorageConfiguration: { Type: 'String', Default: '', Description: 'Configuration file of the storage worker' },
      DiskGiB: { Type: 'String', Default: '', Description: 'Ephemeral disk, 21 to 200; empty: the 20 of every task' },
    },
    Conditions: { ...serviceConditions, HasDisk: { 'Fn::Not': [{ 'Fn::Equals': [ref('DiskGiB'), ''] }] } },
    Resources: serviceResources({
      installation,
      role: 'server',
      ports: [SERVER_PORT],
      environment: {
        BBF_CLUSTER: ref('Cluster'),
        BBF_BUCKET: importValue(exportName(installation, 'Bucket')),
        BBF_ACCESS_URL: importValue(exportName(installation, 'ReconcilerUrl')),
      },
      withCompanions: {
        main: {
          DependsOn: afterBackplane,
          HealthCheck: healthCheck(`${listens(LOOPBACK_PORTS.server)} && ${works(METRICS_PORT)}`),
        },
        more: [storage(installation), backplane(installation)],
        volumes: [RUN_VOLUME],
      },
      taskProperties: {
        RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
        EphemeralStorage: iff('HasDisk', { SizeInGiB: ref('DiskGiB') }, noValue),
      },
      serviceProperties: {
        CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
        // There is one server: its cache and its queue are its own.
        DeploymentConfiguration: {
          MinimumHealthyPercent: 0,
          MaximumPercent: 100,
          DeploymentCircuitBreaker: circuitBreaker,
        },
      },
    }),
    Outputs: { ServiceArn: { Description: 'The ECS service', Value: ref('Service') } },
  };
}

const template = madeOnce(serverTemplate);

export const serverShape = (shape: ClusterShape): StackShape =>
  shapedOnce(shape, 'server', () => newServerShape(shape));

function newServerShape(shape: ClusterShape): StackShape {
  const { spec } = shape;
  const { cpu, memoryMiB, diskGiB } = spec.server;
  const { server, companions } = engineOf(spec.engine, shape.defaultEngine);
  const buildfarm = companions !== undefined;
  return stackShape(shape, template(shape.installation), {
    ServiceName: serverStackName(shape.installation, shape.cluster),
    Image: server,
    Cpu: String(cpu),
    MemoryMiB: String(memoryMiB),
    DiskGiB: diskGiB === undefined ? '' : String(diskGiB),
    Cluster: shape.cluster,
    ...imageValues(COMPANIONS_OF_SERVER, companions),
    Configuration: buildfarm ? configurationText(serverConfiguration(spec)) : '',
    StorageConfiguration: buildfarm ? configurationText(storageConfiguration(spec)) : '',
    HeapMiB: buildfarm ? String(heapMiB(memoryMiB)) : '',
  });
}
