/** ECS, clusters and task definitions. */
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { type Case, of, outcome } from '../case.ts';
import { DEFINITION, farmIn } from './farm.ts';

export const ecsClusters = of('ECS cluster', [
  {
    name: 'made a second time is the same one',
    documented: ['done', 1],
    async ask({ ecs }) {
      const create = () => ecs.send(new CreateClusterCommand({ clusterName: 'farm' }));
      await create();
      return [await outcome(create()), (await ecs.send(new ListClustersCommand({}))).clusterArns?.length];
    },
  },
  {
    name: 'is described; one that is not there is MISSING',
    documented: [['farm ACTIVE'], [{ arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/other', reason: 'MISSING' }]],
    async ask({ ecs }) {
      await ecs.send(new CreateClusterCommand({ clusterName: 'farm' }));
      const asked = new DescribeClustersCommand({ clusters: ['farm', 'other'] });
      const { clusters = [], failures } = await ecs.send(asked);
      return [clusters.map(({ clusterName, status }) => `${clusterName} ${status}`), failures];
    },
  },
  {
    name: 'gets capacity providers and a strategy',
    documented: [['FARGATE', 'FARGATE_SPOT'], ['FARGATE_SPOT']],
    async ask({ ecs }) {
      await ecs.send(new CreateClusterCommand({ clusterName: 'farm' }));
      const defaultCapacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
      const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
      await ecs.send(
        new PutClusterCapacityProvidersCommand({ cluster: 'farm', capacityProviders, defaultCapacityProviderStrategy }),
      );
      const [found] = (await ecs.send(new DescribeClustersCommand({ clusters: ['farm'] }))).clusters ?? [];
      return [found?.capacityProviders, found?.defaultCapacityProviderStrategy?.map((one) => one.capacityProvider)];
    },
  },
  {
    name: 'is INACTIVE once deleted',
    documented: 'INACTIVE',
    async ask({ ecs }) {
      await ecs.send(new CreateClusterCommand({ clusterName: 'farm' }));
      return (await ecs.send(new DeleteClusterCommand({ cluster: 'farm' }))).cluster?.status;
    },
  },
  {
    name: 'that is not there is not deleted',
    documented: '400 ClusterNotFoundException',
    ask: ({ ecs }) => outcome(ecs.send(new DeleteClusterCommand({ cluster: 'farm' }))),
  },
  {
    name: 'is not deleted while a service is in it',
    documented: '400 ClusterContainsServicesException',
    async ask(cloud) {
      const { ecs, create } = await farmIn(cloud);
      await create();
      return outcome(ecs.send(new DeleteClusterCommand({ cluster: 'farm' })));
    },
  },
]);

const refused: [name: string, change: object][] = [
  ['a size that Fargate does not have', { cpu: '256', memory: '4096' }],
  ['another network mode than awsvpc', { networkMode: 'bridge' }],
  ['a stop timeout above 120 seconds', { containerDefinitions: [{ name: 'a', image: 'b', stopTimeout: 121 }] }],
  ['no essential container', { containerDefinitions: [{ name: 'a', image: 'b', essential: false }] }],
  [
    'a dependency on a container that there is not',
    {
      containerDefinitions: [{ name: 'a', image: 'b', dependsOn: [{ containerName: 'c', condition: 'START' }] }],
    },
  ],
  ['more than 200 GiB of storage', { ephemeralStorage: { sizeInGiB: 201 } }],
  ['no size', { cpu: undefined, memory: undefined }],
];

export const ecsDefinitions = of('ECS task definition', [
  {
    name: 'gets the next number of its family; the family alone means the newest',
    documented: [1, 2, 2],
    async ask({ ecs }) {
      const register = async () =>
        (await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION))).taskDefinition?.revision;
      const numbers = [await register(), await register()];
      const newest = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'worker' }));
      return [...numbers, newest.taskDefinition?.revision];
    },
  },
  {
    name: 'keeps what it was registered with',
    documented: { status: 'ACTIVE', cpu: '1024', memory: '2048', networkMode: 'awsvpc', essential: true },
    async ask({ ecs }) {
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const { status, cpu, memory, networkMode, containerDefinitions } = taskDefinition ?? {};
      return { status, cpu, memory, networkMode, essential: containerDefinitions?.[0]?.essential };
    },
  },
  {
    name: 'of sizes in words has them in units',
    documented: ['512', '2048'],
    async ask({ ecs }) {
      const sizes = { cpu: '.5 vCPU', memory: '2 GB' };
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...sizes }));
      return [taskDefinition?.cpu, taskDefinition?.memory];
    },
  },
  {
    name: 'is INACTIVE once deregistered: described still, listed no more, and not the newest',
    documented: { status: 'INACTIVE', listed: ['worker:1'], newest: 1 },
    async ask({ ecs }) {
      for (let n = 0; n < 2; n++) await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'worker:2' }));
      const describe = async (taskDefinition: string) =>
        (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
      const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'worker' }));
      return {
        status: (await describe('worker:2'))?.status,
        listed: taskDefinitionArns.map((arn) => arn.split('/')[1]),
        newest: (await describe('worker'))?.revision,
      };
    },
  },
  {
    name: 'is deleted only once it is deregistered',
    documented: [[], [], ['DELETE_IN_PROGRESS'], []],
    async ask({ ecs }) {
      await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const remove = async () => {
        const { taskDefinitions } = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['worker:1'] }));
        return (taskDefinitions ?? []).map(({ status }) => status);
      };
      const inactive = async () =>
        (await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'worker', status: 'INACTIVE' })))
          .taskDefinitionArns;
      const early = await remove();
      const before = await inactive();
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'worker:1' }));
      return [early, before, await remove(), await inactive()];
    },
  },
  {
    name: 'leaves its family listed while one is active',
    documented: [['worker'], []],
    async ask({ ecs }) {
      await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const families = async () =>
        (await ecs.send(new ListTaskDefinitionFamiliesCommand({ status: 'ACTIVE' }))).families;
      const before = await families();
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'worker:1' }));
      return [before, await families()];
    },
  },
  {
    name: 'that is not there',
    documented: '400 ClientException',
    async ask({ ecs }) {
      return outcome(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'other' })));
    },
  },
  {
    name: 'without a revision is not deregistered',
    documented: true,
    async ask({ ecs }) {
      await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const answer = await outcome(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'worker' })));
      return answer.startsWith('400');
    },
  },
  {
    name: 'is tagged and untagged',
    documented: [[{ key: 'a', value: '2' }], []],
    async ask({ ecs }) {
      const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const resourceArn = taskDefinition?.taskDefinitionArn;
      await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: '2' }] }));
      const tags = async () => (await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
      const before = await tags();
      await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
      return [before, await tags()];
    },
  },
  ...refused.map(
    ([name, change]): Case => ({
      name: `with ${name} is refused`,
      documented: '400 ClientException',
      ask: ({ ecs }) => outcome(ecs.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...change }))),
    }),
  ),
]);
