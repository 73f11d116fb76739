/** ECS, services and what bbf asks of them: counts, roll-outs, failures by reason, and their end. */
import {
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { of, outcome, spoken } from '../case.ts';
import { DEFINITION, farmIn, steady } from './farm.ts';

const pool = { cluster: 'farm', service: 'pool' };

export const ecsServices = of('ECS service', [
  {
    name: 'is made with what it was told, no task runs yet',
    documented: { status: 'ACTIVE', desiredCount: 2, runningCount: 0, deployments: ['PRIMARY'] },
    async ask(cloud) {
      const service = await (await farmIn(cloud)).create();
      const { status, desiredCount, runningCount, deployments } = service ?? {};
      return { status, desiredCount, runningCount, deployments: deployments?.map((one) => one.status) };
    },
  },
  {
    name: 'comes to run as many tasks as it wants',
    documented: { runningCount: 2, pendingCount: 0, rollout: 'COMPLETED' },
    async ask(cloud) {
      const { create, once } = await farmIn(cloud);
      await create();
      const service = await once((one) => one.deployments?.[0]?.rolloutState === 'COMPLETED');
      const { runningCount, pendingCount, deployments } = service ?? {};
      return { runningCount, pendingCount, rollout: deployments?.[0]?.rolloutState };
    },
  },
  {
    name: 'begins a roll-out that is in progress',
    documented: 'IN_PROGRESS',
    async ask(cloud) {
      return (await (await farmIn(cloud)).create())?.deployments?.[0]?.rolloutState;
    },
  },
  {
    name: 'is listed by its ARN, which names cluster and service',
    documented: ['arn:aws:ecs:us-east-1:000000000000:service/farm/pool'],
    async ask(cloud) {
      const { ecs, create } = await farmIn(cloud);
      await create();
      return (await ecs.send(new ListServicesCommand({ cluster: 'farm' }))).serviceArns;
    },
  },
  {
    name: 'that is not there is MISSING among those described',
    documented: [['pool'], [{ arn: 'arn:aws:ecs:us-east-1:000000000000:service/other', reason: 'MISSING' }]],
    async ask(cloud) {
      const { ecs, create } = await farmIn(cloud);
      await create();
      const asked = new DescribeServicesCommand({ cluster: 'farm', services: ['pool', 'other'] });
      const { services = [], failures } = await ecs.send(asked);
      return [services.map(({ serviceName }) => serviceName), failures];
    },
  },
  {
    name: 'is asked for with no more than nine others',
    documented: '400 InvalidParameterException',
    async ask(cloud) {
      const { ecs } = await farmIn(cloud);
      const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
      return outcome(ecs.send(new DescribeServicesCommand({ cluster: 'farm', services })));
    },
  },
  {
    name: 'of a cluster that is not there',
    documented: '400 ClusterNotFoundException',
    async ask({ ecs }) {
      return outcome(ecs.send(new DescribeServicesCommand({ cluster: 'farm', services: ['pool'] })));
    },
  },
  {
    name: 'shows its tags only on request',
    documented: [undefined, [{ key: 'a', value: 'b' }]],
    async ask(cloud) {
      const { ecs, create } = await farmIn(cloud);
      await create({ tags: [{ key: 'a', value: 'b' }] });
      const tags = async (more: object) => {
        const asked = new DescribeServicesCommand({ cluster: 'farm', services: ['pool'], ...more });
        return (await ecs.send(asked)).services?.[0]?.tags;
      };
      const plain = await tags({});
      return [plain?.length ? plain : undefined, await tags({ include: ['TAGS'] })];
    },
  },
  {
    name: 'is scaled without a new deployment',
    documented: { desired: 3, deployments: 1, same: true },
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      const before = (await create())?.deployments?.[0]?.id;
      await once(steady);
      const { service } = await ecs.send(new UpdateServiceCommand({ ...pool, desiredCount: 3 }));
      const [deployment, ...others] = service?.deployments ?? [];
      return { desired: service?.desiredCount, deployments: 1 + others.length, same: deployment?.id === before };
    },
  },
  {
    name: 'is scaled to zero and runs nothing then',
    documented: { desiredCount: 0, runningCount: 0 },
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once(steady);
      await ecs.send(new UpdateServiceCommand({ ...pool, desiredCount: 0 }));
      const { desiredCount, runningCount } = (await once((one) => one.runningCount === 0)) ?? {};
      return { desiredCount, runningCount };
    },
  },
  {
    name: 'rolls a new task definition out in a new deployment',
    documented: ['PRIMARY worker:2', 'ACTIVE worker:1'],
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once(steady);
      await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
      const { service } = await ecs.send(new UpdateServiceCommand({ ...pool, taskDefinition: 'worker:2' }));
      return service?.deployments?.map((one) => `${one.status} ${one.taskDefinition?.split('/')[1]}`);
    },
  },
  {
    name: 'needs a task definition that is active',
    documented: true,
    async ask(cloud) {
      const { create } = await farmIn(cloud);
      return (await outcome(create({ taskDefinition: 'nobody' }))).startsWith('400');
    },
  },
  {
    name: 'that is not there is not updated and not deleted',
    documented: ['400 ServiceNotFoundException', '400 ServiceNotFoundException'],
    async ask(cloud) {
      const { ecs } = await farmIn(cloud);
      return [
        await outcome(ecs.send(new UpdateServiceCommand({ ...pool, desiredCount: 1 }))),
        await outcome(ecs.send(new DeleteServiceCommand(pool))),
      ];
    },
  },
  {
    name: 'is not made twice under one name',
    documented: '400 InvalidParameterException: Creation of service was not idempotent.',
    async ask(cloud) {
      const { create } = await farmIn(cloud);
      await create();
      return spoken(create({ desiredCount: 5 }));
    },
  },
  {
    name: 'with the same token is made once',
    documented: 'done',
    async ask(cloud) {
      const { create } = await farmIn(cloud);
      await create({ clientToken: 'once' });
      return outcome(create({ clientToken: 'once' }));
    },
  },
  {
    name: 'that wants tasks is deleted by force only',
    documented: ['400 InvalidParameterException', 'done'],
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once(steady);
      const remove = (force: boolean) => outcome(ecs.send(new DeleteServiceCommand({ ...pool, force })));
      return [await remove(false), await remove(true)];
    },
  },
  {
    name: 'is INACTIVE once deleted, described still, listed no more',
    documented: { status: 'INACTIVE', failures: [], listed: [] },
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create({ desiredCount: 0 });
      await ecs.send(new DeleteServiceCommand(pool));
      await once((one) => one.status === 'INACTIVE');
      const asked = new DescribeServicesCommand({ cluster: 'farm', services: ['pool'] });
      const { services, failures } = await ecs.send(asked);
      const listed = (await ecs.send(new ListServicesCommand({ cluster: 'farm' }))).serviceArns;
      return { status: services?.[0]?.status, failures, listed };
    },
  },
  {
    name: 'is made anew under the name of a deleted one',
    documented: ['ACTIVE', 1],
    async ask(cloud) {
      const { ecs, create, once, look } = await farmIn(cloud);
      await create({ desiredCount: 0 });
      await ecs.send(new DeleteServiceCommand(pool));
      await once((one) => one.status === 'INACTIVE');
      await create({ desiredCount: 1 });
      const service = await look();
      return [service?.status, service?.desiredCount];
    },
  },
  {
    name: 'that was deleted is not updated',
    documented: '400 ServiceNotActiveException',
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create({ desiredCount: 0 });
      await ecs.send(new DeleteServiceCommand(pool));
      await once((one) => one.status === 'INACTIVE');
      return outcome(ecs.send(new UpdateServiceCommand({ ...pool, desiredCount: 1 })));
    },
  },
  {
    name: 'gives its roll-outs',
    documented: ['SUCCESSFUL'],
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once((one) => one.deployments?.[0]?.rolloutState === 'COMPLETED');
      const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand(pool));
      return serviceDeployments.map(({ status }) => status);
    },
  },
]);
