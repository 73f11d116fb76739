/** bbf's own templates: the foundation, a build server, a pool of workers, made as `bbf setup` and the reconciler make them. */
import { ListExportsCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeClustersCommand, DescribeTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import type { Template } from '../../../templates/cloudformation.ts';
import { foundationTemplate } from '../../../templates/foundation.ts';
import {
  foundationStackName,
  poolStackName,
  reconcilerFunctionName,
  serverStackName,
} from '../../../templates/names.ts';
import { networkOutputs, networkResources } from '../../../templates/network.ts';
import { type Case, of } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';
import type { Target } from '../target.ts';
import { networkIn } from './farm.ts';
import { poolOf, serverOf, serviceOf, standIn } from './shapes.ts';
import { create, ended, groupsOf, remove, stackOf, update } from './stack.ts';

const WHOLE = foundationTemplate('bbf');
const FOUNDATION = foundationStackName('bbf');

/** All but the Function URL, which not every cloud knows, and what is read from it. */
const { ReconcilerUrl: _url, ...resources } = WHOLE.Resources;
const { ReconcilerUrl: _address, ...outputs } = WHOLE.Outputs;
const PLAIN: Template = { ...WHOLE, Resources: resources, Outputs: outputs };

/** With the foundation's stack, whole and with a network of its own, however it has ended. */
const founded =
  (ask: (cloud: Target) => Promise<unknown>): Case['ask'] =>
  async (cloud) => {
    await lay(cloud, WHOLE, {});
    return ask(cloud);
  };

/** With the foundation's stack, without its URL and in a network that was there. */
const foundedPlainly =
  (ask: (cloud: Target) => Promise<unknown>): Case['ask'] =>
  async (cloud) => {
    const { subnets = [], vpcId } = await networkIn(cloud);
    await lay(cloud, PLAIN, { VpcId: vpcId, SubnetIds: subnets.join(',') });
    return ask(cloud);
  };

async function lay(cloud: Target, template: Template, place: Record<string, string>): Promise<void> {
  const { put } = await bucketIn(cloud);
  await put('bundle.zip', zipSync({ 'reconciler.mjs': strToU8('export const handler = async () => {};') }));
  const given = { Bucket, BundleKey: 'bundle.zip', Version: '1', ServerImage: 'server', WorkerImage: 'worker' };
  const Parameters = Object.entries({ ...given, ...place }).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  const TemplateBody = JSON.stringify(template);
  await create(cloud, { StackName: FOUNDATION, TemplateBody, Parameters, Capabilities: ['CAPABILITY_NAMED_IAM'] });
  await ended(cloud, FOUNDATION);
}

export const foundation = of('Template of the foundation', [
  {
    name: 'is made',
    documented: 'CREATE_COMPLETE',
    ask: founded(async (cloud) => (await stackOf(cloud, FOUNDATION))?.StackStatus),
  },
  {
    name: 'is made without its URL, in a network that was there',
    documented: 'CREATE_COMPLETE',
    ask: foundedPlainly(async (cloud) => (await stackOf(cloud, FOUNDATION))?.StackStatus),
  },
  {
    name: 'makes a network of its own',
    documented: ['CREATE_COMPLETE', 2],
    async ask(cloud) {
      const { Parameters, Conditions } = WHOLE;
      const network = { Parameters, Conditions, Resources: networkResources, Outputs: networkOutputs };
      const given = ['Bucket', 'BundleKey', 'Version', 'ServerImage', 'WorkerImage'];
      await create(cloud, {
        StackName: 'network',
        TemplateBody: JSON.stringify(network),
        Parameters: given.map((ParameterKey) => ({ ParameterKey, ParameterValue: 'any' })),
      });
      const status = await ended(cloud, 'network');
      const found = (await stackOf(cloud, 'network'))?.Outputs?.find(({ OutputKey }) => OutputKey === 'SubnetIds');
      return [status, found?.OutputValue?.split(',').length];
    },
  },
  {
    name: 'leaves out none of its resources',
    documented: [],
    ask: foundedPlainly(async ({ cfn }) => {
      const { StackResourceSummaries = [] } = await cfn.send(new ListStackResourcesCommand({ StackName: FOUNDATION }));
      const there = new Set(StackResourceSummaries.map(({ LogicalResourceId }) => LogicalResourceId));
      const missing = Object.entries(PLAIN.Resources).filter(
        ([id, { Condition }]) => !there.has(id) && Condition !== 'OwnNetwork',
      );
      return [...new Set(missing.map(([, { Type }]) => Type))].sort();
    }),
  },
  {
    name: 'exports all of its outputs',
    documented: Object.keys(WHOLE.Outputs)
      .map((output) => `bbf--${output}`)
      .sort(),
    ask: founded(async ({ cfn }) =>
      (await cfn.send(new ListExportsCommand({}))).Exports?.map(({ Name }) => Name).sort(),
    ),
  },
  {
    name: 'makes roles with a policy each',
    documented: ['execution', 'reconciler', 'server', 'stacks', 'worker'].map((role) => `bbf--${role}--us-east-1 true`),
    ask: foundedPlainly(async ({ iam }) => {
      const { Roles = [] } = await iam.send(new ListRolesCommand({}));
      const seen = [];
      for (const { RoleName } of Roles) {
        const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'bbf' }));
        seen.push(`${RoleName} ${PolicyDocument.startsWith(encodeURIComponent('{"Version":"2012-10-17"'))}`);
      }
      return seen.sort();
    }),
  },
  {
    name: 'makes rules that call the reconciler, the fast schedule turned off',
    documented: { targets: [1], schedules: ['rate(1 minute) DISABLED', 'rate(15 minutes) ENABLED'] },
    ask: foundedPlainly(async ({ events }) => {
      const { Rules = [] } = await events.send(new ListRulesCommand({}));
      const targets = [];
      for (const { Name } of Rules)
        targets.push((await events.send(new ListTargetsByRuleCommand({ Rule: Name }))).Targets?.length);
      const schedules = Rules.filter((rule) => rule.ScheduleExpression);
      return {
        targets: [...new Set(targets)],
        schedules: schedules.map((rule) => `${rule.ScheduleExpression} ${rule.State}`).sort(),
      };
    }),
  },
  {
    name: 'makes the reconciler’s function',
    documented: { Runtime: 'nodejs24.x', Architectures: ['arm64'], bucket: Bucket },
    ask: foundedPlainly(async ({ lambda }) => {
      const asked = new GetFunctionConfigurationCommand({ FunctionName: reconcilerFunctionName('bbf') });
      const { Runtime, Architectures, Environment } = await lambda.send(asked);
      return { Runtime, Architectures, bucket: Environment?.Variables?.BBF_BUCKET };
    }),
  },
  {
    name: 'makes a cluster with Fargate’s capacity providers',
    documented: ['bbf ACTIVE', ['FARGATE', 'FARGATE_SPOT']],
    ask: foundedPlainly(async ({ ecs }) => {
      const [cluster] = (await ecs.send(new DescribeClustersCommand({ clusters: ['bbf'] }))).clusters ?? [];
      return [`${cluster?.clusterName} ${cluster?.status}`, cluster?.capacityProviders];
    }),
  },
  {
    name: 'goes, and leaves nothing but its logs',
    documented: { groups: ['/aws/lambda/bbf--reconciler 30', '/bbf/bbf/farm 30'], rules: 0, roles: [] },
    ask: foundedPlainly(async (cloud) => {
      const id = (await stackOf(cloud, FOUNDATION))?.StackId ?? '';
      await remove(cloud, FOUNDATION);
      await ended(cloud, id);
      const { Rules = [] } = await cloud.events.send(new ListRulesCommand({}));
      const { Roles = [] } = await cloud.iam.send(new ListRolesCommand({}));
      const roles = Roles.map(({ RoleName }) => RoleName).sort();
      return { groups: await groupsOf(cloud), rules: Rules.length, roles };
    }),
  },
]);

const SERVER = serverStackName('bbf', 'main');
const POOL = poolStackName('bbf', 'main', 'default');

export const server = of('Template of a server', [
  {
    name: 'makes a service without tasks, under the stack’s own name',
    documented: { stack: 'CREATE_COMPLETE', status: 'ACTIVE', desired: 0 },
    async ask(cloud) {
      await standIn(cloud);
      await create(cloud, { StackName: SERVER, ...serverOf({ initial: true }) });
      const stack = await ended(cloud, SERVER);
      const service = await serviceOf(cloud, SERVER);
      return { stack, status: service?.status, desired: service?.desiredCount };
    },
  },
  {
    name: 'makes a service on Fargate, one task at most, with a circuit breaker, in the imported network',
    documented: { provider: ['FARGATE'], maximum: 100, breaker: true, subnets: 1 },
    async ask(cloud) {
      await standIn(cloud);
      await create(cloud, { StackName: SERVER, ...serverOf({ initial: false }) });
      await ended(cloud, SERVER);
      const service = await serviceOf(cloud, SERVER);
      return {
        provider: service?.capacityProviderStrategy?.map((one) => one.capacityProvider),
        maximum: service?.deploymentConfiguration?.maximumPercent,
        breaker: service?.deploymentConfiguration?.deploymentCircuitBreaker?.enable,
        subnets: service?.networkConfiguration?.awsvpcConfiguration?.subnets?.length,
      };
    },
  },
  {
    name: 'makes a task definition of the size that the document says',
    documented: { family: SERVER, cpu: '2048', memory: '4096', container: 'server farm-server', port: 8980 },
    async ask(cloud) {
      await standIn(cloud);
      await create(cloud, { StackName: SERVER, ...serverOf({ initial: false }) });
      await ended(cloud, SERVER);
      const asked = new DescribeTaskDefinitionCommand({ taskDefinition: SERVER });
      const { family, cpu, memory, containerDefinitions } = (await cloud.ecs.send(asked)).taskDefinition ?? {};
      const [one] = containerDefinitions ?? [];
      const port = one?.portMappings?.[0]?.containerPort;
      return { family, cpu, memory, container: `${one?.name} ${one?.image}`, port };
    },
  },
]);

export const pool = of('Template of a pool', [
  {
    name: 'makes a service on Fargate Spot',
    documented: ['CREATE_COMPLETE', ['FARGATE_SPOT']],
    async ask(cloud) {
      await standIn(cloud);
      await create(cloud, { StackName: POOL, ...poolOf({ initial: false }) });
      const status = await ended(cloud, POOL);
      const service = await serviceOf(cloud, POOL);
      return [status, service?.capacityProviderStrategy?.map((one) => one.capacityProvider)];
    },
  },
  {
    name: 'makes a service whose first workers are on demand, and is moved from Spot to it',
    documented: [['FARGATE_SPOT 1 0'], 'UPDATE_COMPLETE', ['FARGATE 0 2', 'FARGATE_SPOT 1 0']],
    async ask(cloud) {
      const strategy = async () =>
        (await serviceOf(cloud, POOL))?.capacityProviderStrategy?.map(
          ({ capacityProvider, weight, base }) => `${capacityProvider} ${weight} ${base}`,
        );
      await standIn(cloud);
      await create(cloud, { StackName: POOL, ...poolOf({ initial: false }) });
      await ended(cloud, POOL);
      const before = await strategy();
      await update(cloud, { StackName: POOL, ...poolOf({ initial: false, onDemandBase: 2 }) });
      return [before, await ended(cloud, POOL), await strategy()];
    },
  },
  {
    name: 'leaves the live count alone when it is updated, and rolls the new image out',
    documented: { stack: 'UPDATE_COMPLETE', desired: 3, revision: 2 },
    async ask(cloud) {
      await standIn(cloud);
      await create(cloud, { StackName: POOL, ...poolOf({ initial: false }) });
      await ended(cloud, POOL);
      await cloud.ecs.send(new UpdateServiceCommand({ cluster: 'bbf', service: POOL, desiredCount: 3 }));
      await update(cloud, { StackName: POOL, ...poolOf({ initial: false, image: 'another-worker' }) });
      const stack = await ended(cloud, POOL);
      const service = await serviceOf(cloud, POOL);
      return { stack, desired: service?.desiredCount, revision: Number(service?.taskDefinition?.split(':').at(-1)) };
    },
  },
  {
    name: 'takes its service with it',
    documented: ['DELETE_COMPLETE', 'INACTIVE'],
    async ask(cloud) {
      await standIn(cloud);
      const { StackId = '' } = await create(cloud, { StackName: POOL, ...poolOf({ initial: false }) });
      await ended(cloud, POOL);
      await remove(cloud, POOL);
      return [await ended(cloud, StackId), (await serviceOf(cloud, POOL))?.status];
    },
  },
]);
