/** The stack of one cluster's build server: at most one task, stopped before its successor starts. */
import { importValue, ref, type Template } from './cloudformation.ts';
import { exportName, serverStackName } from './names.ts';
import { circuitBreaker, serviceConditions, serviceParameters, serviceResources } from './service.ts';
import { type ClusterShape, madeOnce, type StackShape, shapedOnce, stackShape } from './shape.ts';

/** Where the server's gRPC port listens, mutual TLS. */
export const SERVER_PORT = 8980;

export function serverTemplate(installation: string): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'bbf: build server of one cluster',
    Parameters: serviceParameters,
    Conditions: serviceConditions,
    Resources: serviceResources({
      installation,
      container: 'server',
      kind: 'Server',
      ports: [SERVER_PORT],
      environment: {
        BBF_INSTALLATION: installation,
        BBF_CLUSTER: ref('Cluster'),
        BBF_BUCKET: importValue(exportName(installation, 'Bucket')),
        BBF_ACCESS_URL: importValue(exportName(installation, 'ReconcilerUrl')),
      },
      taskProperties: { RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' } },
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
  const { server, engine } = shape.spec;
  return stackShape(shape, template(shape.installation), {
    ServiceName: serverStackName(shape.installation, shape.cluster),
    Image: engine.server ?? shape.defaultEngine.server,
    Cpu: String(server.cpu),
    MemoryMiB: String(server.memoryMiB),
    Cluster: shape.cluster,
  });
}
