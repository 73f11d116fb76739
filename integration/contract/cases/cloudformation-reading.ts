/** CloudFormation, stacks that are removed, and what can be read of stacks. */
import {
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { of, outcome, spoken } from '../case.ts';
import { body, GOOD, group } from '../stacks.ts';
import { ended, groupsOf, made, remove, stackOf } from './stack.ts';

export const stackDeletion = of('CloudFormation deletion', [
  {
    name: 'happens after the answer; the id still finds what is gone',
    documented: ['DELETE_IN_PROGRESS', 'DELETE_COMPLETE', []],
    async ask(cloud) {
      const StackId = await made(cloud);
      await remove(cloud);
      return [(await stackOf(cloud, StackId))?.StackStatus, await ended(cloud, StackId), await groupsOf(cloud)];
    },
  },
  {
    name: 'leaves no stack of that name',
    documented: '400 ValidationError: Stack with id s does not exist',
    async ask(cloud) {
      const StackId = await made(cloud);
      await remove(cloud);
      await ended(cloud, StackId);
      return spoken(stackOf(cloud));
    },
  },
  {
    name: 'of nothing is no error',
    documented: 'done',
    async ask(cloud) {
      return outcome(remove(cloud, 'nobody'));
    },
  },
  {
    name: 'keeps what its policy retains',
    documented: ['DELETE_COMPLETE', ['/a 1']],
    async ask(cloud) {
      const kept = { Group: group(1, '/a', { DeletionPolicy: 'Retain' }), Other: group(2, '/b') };
      const StackId = await made(cloud, { TemplateBody: body(kept) });
      await remove(cloud);
      return [await ended(cloud, StackId), await groupsOf(cloud)];
    },
  },
  {
    name: 'is refused to a protected stack',
    documented: '400 ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled',
    async ask(cloud) {
      await made(cloud, { EnableTerminationProtection: true });
      return spoken(remove(cloud));
    },
  },
]);

export const stackReading = of('CloudFormation reading', [
  {
    name: 'lists what is there, and what was deleted on request',
    documented: { created: ['t'], deleted: ['s'] },
    async ask(cloud) {
      const first = await made(cloud);
      await made(cloud, { StackName: 't', TemplateBody: body({ Group: group(1, '/t') }) });
      await remove(cloud);
      await ended(cloud, first);
      const listed = async (status: 'CREATE_COMPLETE' | 'DELETE_COMPLETE') =>
        (await cloud.cfn.send(new ListStacksCommand({ StackStatusFilter: [status] }))).StackSummaries?.map(
          ({ StackName }) => StackName,
        );
      return { created: await listed('CREATE_COMPLETE'), deleted: await listed('DELETE_COMPLETE') };
    },
  },
  {
    name: 'lists the resources of a stack',
    documented: ['Group /a CREATE_COMPLETE'],
    async ask(cloud) {
      const StackName = await made(cloud);
      const { StackResourceSummaries = [] } = await cloud.cfn.send(new ListStackResourcesCommand({ StackName }));
      return StackResourceSummaries.map(
        (one) => `${one.LogicalResourceId} ${one.PhysicalResourceId} ${one.ResourceStatus}`,
      );
    },
  },
  {
    name: 'finds the stack of a resource by its physical id',
    documented: ['s'],
    async ask(cloud) {
      await made(cloud);
      const asked = new DescribeStackResourcesCommand({ PhysicalResourceId: '/a' });
      return (await cloud.cfn.send(asked)).StackResources?.map(({ StackName }) => StackName);
    },
  },
  {
    name: 'gives one resource by its logical id',
    documented: ['AWS::Logs::LogGroup', '/a'],
    async ask(cloud) {
      await made(cloud);
      const asked = new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'Group' });
      const { StackResourceDetail: one } = await cloud.cfn.send(asked);
      return [one?.ResourceType, one?.PhysicalResourceId];
    },
  },
  {
    name: 'of a resource that is not there',
    documented: '400 ValidationError: Resource X does not exist for stack s',
    async ask(cloud) {
      await made(cloud);
      return spoken(cloud.cfn.send(new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'X' })));
    },
  },
  {
    name: 'gives a template back as it came',
    documented: GOOD,
    async ask(cloud) {
      await made(cloud);
      return (await cloud.cfn.send(new GetTemplateCommand({ StackName: 's' }))).TemplateBody;
    },
  },
  {
    name: 'gives the events of a stack, the newest first',
    documented: ['CREATE_COMPLETE', 'CREATE_IN_PROGRESS'],
    async ask(cloud) {
      await made(cloud);
      const { StackEvents = [] } = await cloud.cfn.send(new DescribeStackEventsCommand({ StackName: 's' }));
      return StackEvents.filter((one) => one.LogicalResourceId === 's').map((one) => one.ResourceStatus);
    },
  },
  {
    name: 'gives the events of resources',
    documented: ['CREATE_COMPLETE', 'CREATE_IN_PROGRESS'],
    async ask(cloud) {
      await made(cloud);
      const { StackEvents = [] } = await cloud.cfn.send(new DescribeStackEventsCommand({ StackName: 's' }));
      const ofGroup = StackEvents.filter((one) => one.LogicalResourceId === 'Group').map((one) => one.ResourceStatus);
      return [...new Set(ofGroup)];
    },
  },
  {
    name: 'gives with each event the token of its request',
    documented: ['tok'],
    async ask(cloud) {
      await made(cloud, { ClientRequestToken: 'tok' });
      const { StackEvents = [] } = await cloud.cfn.send(new DescribeStackEventsCommand({ StackName: 's' }));
      return [...new Set(StackEvents.map((one) => one.ClientRequestToken))];
    },
  },
  {
    name: 'gives events a hundred a page',
    documented: [100, true],
    async ask(cloud) {
      const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`G${index}`, group(1)]));
      await made(cloud, { TemplateBody: body(many) });
      const sizes: number[] = [];
      for await (const page of paginateDescribeStackEvents({ client: cloud.cfn }, { StackName: 's' }))
        sizes.push(page.StackEvents?.length ?? 0);
      return [sizes[0], sizes.length > 1];
    },
  },
  {
    name: 'of the events of a stack that is not there',
    documented: '400 ValidationError: Stack [nobody] does not exist',
    async ask(cloud) {
      return spoken(cloud.cfn.send(new DescribeStackEventsCommand({ StackName: 'nobody' })));
    },
  },
]);
