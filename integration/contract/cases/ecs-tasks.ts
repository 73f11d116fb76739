/** ECS, tasks: run alone or by a service, stopped, protected from scale-in. */
import {
  DescribeTasksCommand,
  GetTaskProtectionCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { of, outcome } from '../case.ts';
import type { Target } from '../target.ts';
import { type Farm, farmIn, steady } from './farm.ts';

/** The id of no task. */
const UNKNOWN = '0123456789abcdef0123456789abcdef';
const runOne = async ({ ecs, networkConfiguration }: Farm) => {
  const run = { cluster: 'farm', taskDefinition: 'worker', launchType: 'FARGATE' as const, networkConfiguration };
  return (await ecs.send(new RunTaskCommand(run))).tasks?.[0];
};
const taskOnce = (cloud: Target, taskArn: string, lastStatus: string) =>
  cloud.settled(
    async () => (await cloud.ecs.send(new DescribeTasksCommand({ cluster: 'farm', tasks: [taskArn] }))).tasks?.[0],
    (task) => task?.lastStatus === lastStatus,
  );

export const ecsTasks = of('ECS task', [
  {
    name: 'is run and is listed by its family',
    documented: { status: 'RUNNING', launchType: 'FARGATE', interfaces: ['ElasticNetworkInterface'], listed: true },
    async ask(cloud) {
      const farm = await farmIn(cloud);
      const { taskArn = '' } = (await runOne(farm)) ?? {};
      const task = await taskOnce(cloud, taskArn, 'RUNNING');
      const { taskArns } = await cloud.ecs.send(new ListTasksCommand({ cluster: 'farm', family: 'worker' }));
      return {
        status: task?.lastStatus,
        launchType: task?.launchType,
        interfaces: task?.attachments?.map(({ type }) => type),
        listed: taskArns?.[0] === taskArn,
      };
    },
  },
  {
    name: 'begins in PROVISIONING',
    documented: 'PROVISIONING',
    async ask(cloud) {
      return (await runOne(await farmIn(cloud)))?.lastStatus;
    },
  },
  {
    name: 'is stopped, with who and why',
    documented: { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'done' },
    async ask(cloud) {
      const farm = await farmIn(cloud);
      const { taskArn = '' } = (await runOne(farm)) ?? {};
      await taskOnce(cloud, taskArn, 'RUNNING');
      await cloud.ecs.send(new StopTaskCommand({ cluster: 'farm', task: taskArn, reason: 'done' }));
      const task = await taskOnce(cloud, taskArn, 'STOPPED');
      const { lastStatus, desiredStatus, stopCode, stoppedReason } = task ?? {};
      return { lastStatus, desiredStatus, stopCode, stoppedReason };
    },
  },
  {
    name: 'that is not there is MISSING among those described',
    documented: ['MISSING'],
    async ask(cloud) {
      await farmIn(cloud);
      const { failures } = await cloud.ecs.send(new DescribeTasksCommand({ cluster: 'farm', tasks: [UNKNOWN] }));
      return failures?.map(({ reason }) => reason);
    },
  },
  {
    name: 'that is not there can’t be stopped',
    documented: '400 InvalidParameterException',
    async ask(cloud) {
      await farmIn(cloud);
      return outcome(cloud.ecs.send(new StopTaskCommand({ cluster: 'farm', task: UNKNOWN })));
    },
  },
  {
    name: 'of a service is found by the service',
    documented: 2,
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once(steady);
      return (await ecs.send(new ListTasksCommand({ cluster: 'farm', serviceName: 'pool' }))).taskArns?.length;
    },
  },
  {
    name: 'of a service is protected from scale-in for two hours unless told otherwise',
    documented: { set: [true, 120], read: [true] },
    async ask(cloud) {
      const { ecs, create, once } = await farmIn(cloud);
      await create();
      await once(steady);
      const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster: 'farm', serviceName: 'pool' }));
      const asked = { cluster: 'farm', tasks: tasks.slice(0, 1) };
      const set = await ecs.send(new UpdateTaskProtectionCommand({ ...asked, protectionEnabled: true }));
      const { protectedTasks = [] } = await ecs.send(new GetTaskProtectionCommand(asked));
      const [one] = set.protectedTasks ?? [];
      const started = (await ecs.send(new DescribeTasksCommand(asked))).tasks?.[0]?.startedAt?.getTime() ?? 0;
      const minutes = Math.floor(((one?.expirationDate?.getTime() ?? 0) - started) / 60_000);
      return { set: [one?.protectionEnabled, minutes], read: protectedTasks.map((task) => task.protectionEnabled) };
    },
  },
  {
    name: 'of no service can’t be protected',
    documented: ['TASK_NOT_VALID'],
    async ask(cloud) {
      const farm = await farmIn(cloud);
      const { taskArn = '' } = (await runOne(farm)) ?? {};
      await taskOnce(cloud, taskArn, 'RUNNING');
      const asked = { cluster: 'farm', tasks: [taskArn], protectionEnabled: true };
      const { failures } = await cloud.ecs.send(new UpdateTaskProtectionCommand(asked));
      return failures?.map(({ reason }) => reason);
    },
  },
]);
