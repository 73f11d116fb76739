/** The stacks of a server and a pool as requests to CloudFormation, and a stack that stands in for the foundation's exports. */
import { CreateClusterCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { parseCluster } from '../../../config-schema/parse.ts';
import { poolShape } from '../../../templates/pool.ts';
import { serverShape } from '../../../templates/server.ts';
import type { ClusterShape, StackShape } from '../../../templates/shape.ts';
import { body, group } from '../stacks.ts';
import type { Target } from '../target.ts';
import { networkIn } from './farm.ts';
import { made } from './stack.ts';

const DOCUMENT = {
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main' },
  spec: { server: { cpu: 2048, memoryMiB: 4096 }, pools: { default: { capacity: 'spot' } } },
};

interface Stage {
  initial: boolean;
  image?: string;
  /** Of the pool. */
  onDemandBase?: number;
}

function shapeOf({ initial, image = 'farm-worker', onDemandBase = 0 }: Stage): ClusterShape {
  const spec = { ...DOCUMENT.spec, pools: { default: { ...DOCUMENT.spec.pools.default, onDemandBase } } };
  const parsed = parseCluster(JSON.stringify({ ...DOCUMENT, spec }));
  if (!parsed.ok) throw new Error(`the document of these cases is refused: ${JSON.stringify(parsed.problems)}`);
  const defaultEngine = { server: 'farm-server', worker: image };
  return { installation: 'bbf', cluster: 'main', uid: 'u1', spec: parsed.cluster.spec, defaultEngine, initial };
}

const request = (shape: StackShape) => ({
  TemplateBody: shape.template,
  Parameters: Object.entries(shape.parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
  Tags: Object.entries(shape.tags).map(([Key, Value]) => ({ Key, Value })),
});

export const serverOf = (stage: Stage) => request(serverShape(shapeOf(stage)));
export const poolOf = (stage: Stage) => request(poolShape({ ...shapeOf(stage), pool: 'default' }));

export const serviceOf = async ({ ecs }: Target, name: string) =>
  (await ecs.send(new DescribeServicesCommand({ cluster: 'bbf', services: [name] }))).services?.[0];

/** The ECS cluster, and the exports that servers and pools import, with nothing behind those that nothing here uses. */
export async function standIn(cloud: Target): Promise<void> {
  await cloud.ecs.send(
    new CreateClusterCommand({ clusterName: 'bbf', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
  );
  const { subnets, securityGroups } = await networkIn(cloud);
  const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
  const values = {
    SubnetIds: subnets.join(','),
    AssignPublicIp: 'ENABLED',
    ServerSecurityGroupId: securityGroups[0],
    WorkerSecurityGroupId: securityGroups[0],
    Bucket: 'bbf-000000000000-us-east-1',
    ReconcilerUrl: 'https://example.com/',
    FarmLogGroup: '/farm',
    ExecutionRoleArn: role('execution'),
    ServerRoleArn: role('server'),
    WorkerRoleArn: role('worker'),
  };
  const Outputs = Object.fromEntries(
    Object.entries(values).map(([name, Value]) => [name, { Value, Export: { Name: `bbf--${name}` } }]),
  );
  await made(cloud, { StackName: 'stand-in', TemplateBody: body({ Farm: group(1, '/farm') }, { Outputs }) });
}
