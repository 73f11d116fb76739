/** CloudFormation, stacks that go well: made, described, changed, removed. */
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
import { Bucket, bucketIn } from '../s3-bucket.ts';
import { body, GOOD, group } from '../stacks.ts';
import { create, ended, groupsOf, made, remove, rulesOf, stackOf, update } from './stack.ts';

const Parameters = {
  Name: { Type: 'String' },
  Days: { Type: 'Number', Default: 1 },
  Secret: { Type: 'String', NoEcho: true },
};
const PARAMETERS = body(
  {
    Group: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: { Ref: 'Name' }, RetentionInDays: { Ref: 'Days' } },
    },
  },
  { Parameters },
);
const given = (values: Record<string, string>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
const VALUES = given({ Name: '/x', Secret: 'hush' });
const KEPT = VALUES.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true }));
const NO_UPDATES = '400 ValidationError: No updates are to be performed.';

export const stackCreation = of('CloudFormation creation', [
  {
    name: 'happens after the answer',
    documented: ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', ['/a 1']],
    async ask(cloud) {
      await create(cloud);
      return [(await stackOf(cloud))?.StackStatus, await ended(cloud), await groupsOf(cloud)];
    },
  },
  {
    name: 'fills in defaults and hides secrets',
    documented: ['Days=1', 'Name=/x', 'Secret=****'],
    async ask(cloud) {
      await made(cloud, { TemplateBody: PARAMETERS, Parameters: VALUES });
      const stack = await stackOf(cloud);
      return stack?.Parameters?.map((one) => `${one.ParameterKey}=${one.ParameterValue}`).sort();
    },
  },
  {
    name: 'keeps description, tags and outputs',
    documented: {
      Description: 'one group',
      Tags: [{ Key: 'k', Value: 'v' }],
      Outputs: [
        { OutputKey: 'Arn', OutputValue: 'arn:aws:logs:us-east-1:000000000000:log-group:/a:*', Description: 'its ARN' },
      ],
    },
    async ask(cloud) {
      const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Group', 'Arn'] }, Description: 'its ARN' } };
      const TemplateBody = body({ Group: group(1, '/a') }, { Description: 'one group', Outputs });
      await made(cloud, { TemplateBody, Tags: [{ Key: 'k', Value: 'v' }] });
      const stack = await stackOf(cloud);
      return { Description: stack?.Description, Tags: stack?.Tags, Outputs: stack?.Outputs };
    },
  },
  {
    name: 'under a name that is taken',
    documented: '400 AlreadyExistsException: Stack [s] already exists',
    async ask(cloud) {
      await made(cloud);
      return spoken(create(cloud));
    },
  },
  {
    name: 'under a name that was deleted',
    documented: 'CREATE_COMPLETE',
    async ask(cloud) {
      const first = await made(cloud);
      await remove(cloud);
      await ended(cloud, first);
      return ended(cloud, await made(cloud));
    },
  },
  {
    name: 'twice with one token is one creation',
    documented: ['done', 'same'],
    async ask(cloud) {
      const ids: (string | undefined)[] = [];
      const once = async () => ids.push((await create(cloud, { ClientRequestToken: 't' })).StackId);
      await once();
      const second = await outcome(once());
      return [second, ids[0] === ids[1] ? 'same' : 'another'];
    },
  },
  {
    name: 'from a template in a bucket',
    documented: ['CREATE_COMPLETE', ['/a 1']],
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      await put('dir/t.json', GOOD);
      const TemplateURL = `https://s3.us-east-1.amazonaws.com/${Bucket}/dir/t.json`;
      await made(cloud, { TemplateBody: undefined, TemplateURL });
      return [await ended(cloud), await groupsOf(cloud)];
    },
  },
]);

export const stackUpdate = of('CloudFormation update', [
  {
    name: 'happens after the answer',
    documented: ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE'],
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: body({ Group: group(7, '/a') }) });
      return [(await stackOf(cloud))?.StackStatus, await ended(cloud)];
    },
  },
  {
    name: 'to the same template',
    documented: NO_UPDATES,
    async ask(cloud) {
      await made(cloud);
      return spoken(update(cloud, { TemplateBody: GOOD }));
    },
  },
  {
    name: 'to the same template and the same parameters',
    documented: NO_UPDATES,
    async ask(cloud) {
      await made(cloud, { TemplateBody: PARAMETERS, Parameters: VALUES });
      return spoken(update(cloud, { TemplateBody: PARAMETERS, Parameters: VALUES }));
    },
  },
  {
    name: 'with all that was there before',
    documented: NO_UPDATES,
    async ask(cloud) {
      await made(cloud, { TemplateBody: PARAMETERS, Parameters: VALUES });
      return spoken(update(cloud, { UsePreviousTemplate: true, Parameters: KEPT }));
    },
  },
  {
    name: 'of one parameter, the template and the others as before',
    documented: ['UPDATE_COMPLETE', ['r rate(2 hours)']],
    async ask(cloud) {
      const Rule = {
        Type: 'AWS::Events::Rule',
        Properties: { Name: { Ref: 'Name' }, ScheduleExpression: { Ref: 'When' } },
      };
      const parameters = { Name: { Type: 'String' }, When: { Type: 'String', Default: 'rate(1 hour)' } };
      const TemplateBody = body({ Rule }, { Parameters: parameters });
      await made(cloud, { TemplateBody, Parameters: given({ Name: 'r' }) });
      const changed = [{ ParameterKey: 'Name', UsePreviousValue: true }, ...given({ When: 'rate(2 hours)' })];
      await update(cloud, { UsePreviousTemplate: true, Parameters: changed });
      return [await ended(cloud), await rulesOf(cloud)];
    },
  },
  {
    name: 'of tags alone is one',
    documented: ['UPDATE_COMPLETE', [{ Key: 'k', Value: '2' }]],
    async ask(cloud) {
      await made(cloud, { Tags: [{ Key: 'k', Value: '1' }] });
      await update(cloud, { TemplateBody: GOOD, Tags: [{ Key: 'k', Value: '2' }] });
      return [await ended(cloud), (await stackOf(cloud))?.Tags];
    },
  },
  {
    name: 'without tags leaves them as they are',
    documented: [{ Key: 'k', Value: '1' }],
    async ask(cloud) {
      await made(cloud, { Tags: [{ Key: 'k', Value: '1' }] });
      await update(cloud, { TemplateBody: body({ Group: group(3, '/a') }) });
      await ended(cloud);
      return (await stackOf(cloud))?.Tags;
    },
  },
  {
    name: 'changes a resource in place',
    documented: ['/a 7'],
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: body({ Group: group(7, '/a') }) });
      await ended(cloud);
      return groupsOf(cloud);
    },
  },
  {
    name: 'of a name replaces the resource',
    documented: ['UPDATE_COMPLETE', ['b rate(1 hour)']],
    async ask(cloud) {
      const rule = (Name: string) =>
        body({ Rule: { Type: 'AWS::Events::Rule', Properties: { Name, ScheduleExpression: 'rate(1 hour)' } } });
      await made(cloud, { TemplateBody: rule('a') });
      await update(cloud, { TemplateBody: rule('b') });
      return [await ended(cloud), await rulesOf(cloud)];
    },
  },
  {
    name: 'adds and removes resources',
    documented: ['UPDATE_COMPLETE', ['/b 2']],
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: body({ Other: group(2, '/b') }) });
      return [await ended(cloud), await groupsOf(cloud)];
    },
  },
  {
    name: 'of a stack that is not there',
    documented: '400 ValidationError: Stack [nobody] does not exist',
    async ask(cloud) {
      return spoken(update(cloud, { StackName: 'nobody', TemplateBody: GOOD }));
    },
  },
  {
    name: 'while another one is under way',
    documented: '400 ValidationError: Stack:ARN is in CREATE_IN_PROGRESS state and can not be updated.',
    async ask(cloud) {
      const { StackId = '' } = await create(cloud);
      const answer = await spoken(update(cloud, { TemplateBody: body({ Group: group(7, '/a') }) }));
      return answer.replace(StackId, 'ARN');
    },
  },
  {
    name: 'with the token of another one',
    documented: '400 TokenAlreadyExistsException',
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: body({ Group: group(3, '/a') }), ClientRequestToken: 'u' });
      await ended(cloud);
      return outcome(update(cloud, { TemplateBody: GOOD, ClientRequestToken: 'u' }));
    },
  },
]);

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
