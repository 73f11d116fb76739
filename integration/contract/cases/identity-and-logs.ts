/** IAM and STS as far as bbf's templates and its callers go, and CloudWatch Logs. */
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { of, outcome } from '../case.ts';
import type { Target } from '../target.ts';

const RoleName = 'builder';
const trust = (Principal: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] });
const ACCOUNT = trust({ AWS: 'arn:aws:iam::000000000000:root' });
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
const roleIn = ({ iam }: Target, AssumeRolePolicyDocument = ACCOUNT) =>
  iam.send(new CreateRoleCommand({ RoleName, Path: '/team/', AssumeRolePolicyDocument }));
const Arn = 'arn:aws:iam::000000000000:role/team/builder';

export const iamRoles = of('IAM role', [
  {
    name: 'is made and read, its trust percent-encoded',
    documented: [Arn, encodeURIComponent(ACCOUNT)],
    async ask(cloud) {
      await roleIn(cloud);
      const { Role } = await cloud.iam.send(new GetRoleCommand({ RoleName }));
      // Which of the characters that need no encoding are encoded all the same is left open.
      return [Role?.Arn, encodeURIComponent(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))];
    },
  },
  {
    name: 'is made once',
    documented: '409 EntityAlreadyExistsException',
    async ask(cloud) {
      await roleIn(cloud);
      return outcome(roleIn(cloud));
    },
  },
  {
    name: 'with a trust policy that is no JSON',
    documented: '400 MalformedPolicyDocumentException',
    ask: (cloud) => outcome(roleIn(cloud, 'nonsense')),
  },
  {
    name: 'is listed',
    documented: [RoleName],
    async ask(cloud) {
      await roleIn(cloud);
      return (await cloud.iam.send(new ListRolesCommand({ PathPrefix: '/team/' }))).Roles?.map((one) => one.RoleName);
    },
  },
  {
    name: 'that is not there',
    documented: '404 NoSuchEntityException',
    ask: ({ iam }) => outcome(iam.send(new GetRoleCommand({ RoleName }))),
  },
  {
    name: 'keeps an inline policy and is not deleted before that is',
    documented: { kept: POLICY, early: '409 DeleteConflictException', late: 'done' },
    async ask(cloud) {
      await roleIn(cloud);
      const policy = { RoleName, PolicyName: 'p' };
      await cloud.iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: POLICY }));
      const { PolicyDocument = '' } = await cloud.iam.send(new GetRolePolicyCommand(policy));
      const remove = () => outcome(cloud.iam.send(new DeleteRoleCommand({ RoleName })));
      const early = await remove();
      await cloud.iam.send(new DeleteRolePolicyCommand(policy));
      return { kept: decodeURIComponent(PolicyDocument), early, late: await remove() };
    },
  },
  {
    name: 'is given a policy that is not there',
    documented: '404 NoSuchEntityException',
    async ask(cloud) {
      await roleIn(cloud);
      const PolicyArn = 'arn:aws:iam::000000000000:policy/nobody';
      return outcome(cloud.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })));
    },
  },
  {
    name: 'is given a policy of AWS',
    documented: ['AmazonECSTaskExecutionRolePolicy'],
    async ask(cloud) {
      await roleIn(cloud);
      const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
      await cloud.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
      const { AttachedPolicies = [] } = await cloud.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      return AttachedPolicies.map(({ PolicyName }) => PolicyName);
    },
  },
]);

export const linkedRoles = of('IAM service-linked role', [
  {
    name: 'is made once, below the path of its service',
    documented: ['/aws-service-role/ecs.amazonaws.com/', 'AWSServiceRoleForECS', '400 InvalidInputException'],
    async ask({ iam }) {
      const make = () => iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
      const { Role } = await make();
      return [Role?.Path, Role?.RoleName, await outcome(make())];
    },
  },
  {
    name: 'is not deleted as others are',
    documented: '400 UnmodifiableEntityException',
    async ask({ iam }) {
      const { Role } = await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
      return outcome(iam.send(new DeleteRoleCommand({ RoleName: Role?.RoleName })));
    },
  },
]);

export const stsSessions = of('STS', [
  {
    name: 'names the account of a caller',
    documented: '000000000000',
    ask: async ({ sts }) => (await sts.send(new GetCallerIdentityCommand({}))).Account,
  },
  {
    name: 'gives a session of a role, which has an end',
    documented: ['arn:aws:sts::000000000000:assumed-role/builder/job-1', true, true],
    async ask(cloud) {
      await roleIn(cloud);
      const asked = { RoleArn: Arn, RoleSessionName: 'job-1', DurationSeconds: 900 };
      const { AssumedRoleUser, Credentials } = await cloud.sts.send(new AssumeRoleCommand(asked));
      const temporary = Credentials?.AccessKeyId?.startsWith('ASIA');
      return [AssumedRoleUser?.Arn, temporary, Credentials?.Expiration instanceof Date];
    },
  },
  {
    name: 'refuses less than 900 seconds',
    documented: '400 ValidationError',
    async ask(cloud) {
      await roleIn(cloud);
      const asked = { RoleArn: Arn, RoleSessionName: 'job-1', DurationSeconds: 899 };
      return outcome(cloud.sts.send(new AssumeRoleCommand(asked)));
    },
  },
  {
    name: 'refuses those whom the role does not trust',
    documented: '403 AccessDenied',
    async ask(cloud) {
      await roleIn(cloud, trust({ Service: 'ecs-tasks.amazonaws.com' }));
      return outcome(cloud.sts.send(new AssumeRoleCommand({ RoleArn: Arn, RoleSessionName: 'me' })));
    },
  },
  {
    name: 'refuses a role that is not there in the same words',
    documented: '403 AccessDenied',
    ask: ({ sts }) => outcome(sts.send(new AssumeRoleCommand({ RoleArn: Arn, RoleSessionName: 'me' }))),
  },
]);

const logGroupName = '/l';
const logStreamName = 'x/y';
async function streamIn({ logs }: Target): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
}
async function write({ logs, now }: Target, ...messages: string[]): Promise<void> {
  const logEvents = messages.map((message, index) => ({ message, timestamp: now() - 1000 + index }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

export const logGroups = of('Logs', [
  {
    name: 'a group is made once',
    documented: '400 ResourceAlreadyExistsException',
    async ask({ logs }) {
      const create = () => logs.send(new CreateLogGroupCommand({ logGroupName }));
      await create();
      return outcome(create());
    },
  },
  {
    name: 'a group that is not there is not deleted, and has no streams',
    documented: ['400 ResourceNotFoundException', '400 ResourceNotFoundException'],
    async ask({ logs }) {
      return [
        await outcome(logs.send(new DeleteLogGroupCommand({ logGroupName }))),
        await outcome(logs.send(new DescribeLogStreamsCommand({ logGroupName }))),
      ];
    },
  },
  {
    name: 'groups are found by prefix, by name',
    documented: ['/a', '/a/b'],
    async ask({ logs }) {
      for (const name of ['/b', '/a/b', '/a']) await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
      const { logGroups: found } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a' }));
      return found?.map((one) => one.logGroupName);
    },
  },
  {
    name: 'the ARN of a group ends in :*',
    documented: 'arn:aws:logs:us-east-1:000000000000:log-group:/l:*',
    async ask({ logs }) {
      await logs.send(new CreateLogGroupCommand({ logGroupName }));
      return (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.[0]?.arn;
    },
  },
  {
    name: 'lines are read from the head or from the end',
    documented: [
      ['one', 'two'],
      ['two', 'three'],
    ],
    async ask(cloud) {
      await streamIn(cloud);
      await write(cloud, 'one', 'two', 'three');
      const read = async (startFromHead: boolean) => {
        const asked = { logGroupName, logStreamName, startFromHead, limit: 2 };
        return (await cloud.logs.send(new GetLogEventsCommand(asked))).events?.map(({ message }) => message);
      };
      return [await read(true), await read(false)];
    },
  },
  {
    name: 'a reader at the end gets the same token again',
    documented: [0, true],
    async ask(cloud) {
      await streamIn(cloud);
      await write(cloud, 'one');
      const asked = { logGroupName, logStreamName, startFromHead: true };
      const { nextForwardToken: nextToken } = await cloud.logs.send(new GetLogEventsCommand(asked));
      const end = await cloud.logs.send(new GetLogEventsCommand({ ...asked, nextToken }));
      return [end.events?.length, end.nextForwardToken === nextToken];
    },
  },
  {
    name: 'lines are found by words',
    documented: ['build failed', 'build done'],
    async ask(cloud) {
      await streamIn(cloud);
      await write(cloud, 'build failed', 'idle', 'build done');
      const asked = { logGroupName, filterPattern: 'build' };
      return (await cloud.logs.send(new FilterLogEventsCommand(asked))).events?.map(({ message }) => message);
    },
  },
  {
    name: 'a stream that is not there is not read and not written',
    documented: ['400 ResourceNotFoundException', '400 ResourceNotFoundException'],
    async ask(cloud) {
      await cloud.logs.send(new CreateLogGroupCommand({ logGroupName }));
      const read = () => cloud.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
      return [await outcome(read()), await outcome(write(cloud, 'one'))];
    },
  },
]);
