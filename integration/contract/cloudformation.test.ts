/** What CloudFormation promises, asked through the AWS SDK: stacks live and die, change sets foretell. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  paginateDescribeStackEvents,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { startCloud, type TestCloud } from './harness.ts';
import { BAD, body, create, eventsOf, GOOD, group, groupsOf, LONG, stackOf, statusOf, update } from './stacks.ts';

describe('a stack', () => {
  it('is created, described, left alone, updated and deleted', async () => {
    const cloud = await startCloud();
    const TemplateBody = body(
      {
        Group: {
          Type: 'AWS::Logs::LogGroup',
          Properties: { LogGroupName: { Ref: 'Name' }, RetentionInDays: { Ref: 'Days' } },
        },
      },
      {
        Description: 'one group',
        Parameters: {
          Name: { Type: 'String' },
          Days: { Type: 'Number', Default: 1 },
          Secret: { Type: 'String', NoEcho: true },
        },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Group', 'Arn'] }, Description: 'its ARN' } },
      },
    );
    const Parameters = [
      { ParameterKey: 'Name', ParameterValue: '/x' },
      { ParameterKey: 'Secret', ParameterValue: 'hush' },
    ];
    const { StackId } = await cloud.cfn.send(
      new CreateStackCommand({
        StackName: 's',
        TemplateBody,
        Parameters,
        Tags: [{ Key: 'k', Value: 'v' }],
        EnableTerminationProtection: false,
      }),
    );
    expect(await statusOf(cloud)).toBe('CREATE_IN_PROGRESS');
    await cloud.advance(LONG);
    const stack = await stackOf(cloud);
    expect(stack).toMatchObject({
      StackId,
      StackName: 's',
      Description: 'one group',
      StackStatus: 'CREATE_COMPLETE',
      Parameters: [
        { ParameterKey: 'Name', ParameterValue: '/x' },
        { ParameterKey: 'Days', ParameterValue: '1' },
        { ParameterKey: 'Secret', ParameterValue: '****' },
      ],
      Outputs: [
        { OutputKey: 'Arn', OutputValue: 'arn:aws:logs:us-east-1:000000000000:log-group:/x:*', Description: 'its ARN' },
      ],
      Tags: [{ Key: 'k', Value: 'v' }],
      DisableRollback: false,
      EnableTerminationProtection: false,
    });
    expect(stack?.CreationTime).toBeInstanceOf(Date);
    const kept = Parameters.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true }));
    await expect(update(cloud, { UsePreviousTemplate: true, Parameters: kept })).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
    await update(cloud, {
      UsePreviousTemplate: true,
      Parameters: [...kept, { ParameterKey: 'Days', ParameterValue: '7' }],
    });
    expect([await statusOf(cloud), await groupsOf(cloud)]).toEqual(['UPDATE_COMPLETE', [['/x', 7]]]);
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    expect(await statusOf(cloud)).toBe('DELETE_IN_PROGRESS');
    await cloud.advance(LONG);
    expect([await statusOf(cloud, StackId), await groupsOf(cloud)]).toEqual(['DELETE_COMPLETE', []]);
    await expect(stackOf(cloud)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id s does not exist',
      $metadata: { httpStatusCode: 400 },
    });
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
  });

  it('tells what happened to it, newest first, token and reason included', async () => {
    const cloud = await startCloud();
    await create(cloud, { TemplateBody: BAD, ClientRequestToken: 'tok' });
    const events = (await eventsOf(cloud)).reverse();
    expect(events.map((event) => [event.LogicalResourceId, event.ResourceStatus])).toEqual([
      ['s', 'CREATE_IN_PROGRESS'],
      ['Group', 'CREATE_IN_PROGRESS'],
      ['Group', 'CREATE_IN_PROGRESS'],
      ['Group', 'CREATE_COMPLETE'],
      ['Net', 'CREATE_IN_PROGRESS'],
      ['Net', 'CREATE_FAILED'],
      ['s', 'ROLLBACK_IN_PROGRESS'],
      ['Group', 'DELETE_IN_PROGRESS'],
      ['Net', 'DELETE_COMPLETE'],
      ['Group', 'DELETE_COMPLETE'],
      ['s', 'ROLLBACK_COMPLETE'],
    ]);
    expect(new Set(events.map((event) => event.ClientRequestToken))).toEqual(new Set(['tok']));
    expect(events[6]?.ResourceStatusReason).toBe(
      'The following resource(s) failed to create: [Net]. Rollback requested by user.',
    );
    expect(events[5]?.ResourceStatusReason).toMatch(/nonsense/);
    await expect(update(cloud, { TemplateBody: GOOD })).rejects.toThrow(
      /is in ROLLBACK_COMPLETE state and can not be updated/,
    );
    await expect(create(cloud)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  it('lists its resources and gives its template back', async () => {
    const cloud = await startCloud();
    const { StackId } = await create(cloud);
    const { StackResourceSummaries } = await cloud.cfn.send(new ListStackResourcesCommand({ StackName: StackId }));
    expect(StackResourceSummaries).toMatchObject([
      {
        LogicalResourceId: 'Group',
        PhysicalResourceId: '/a',
        ResourceType: 'AWS::Logs::LogGroup',
        ResourceStatus: 'CREATE_COMPLETE',
      },
    ]);
    const byThing = await cloud.cfn.send(new DescribeStackResourcesCommand({ PhysicalResourceId: '/a' }));
    expect(byThing.StackResources).toMatchObject([{ StackName: 's', LogicalResourceId: 'Group' }]);
    const one = await cloud.cfn.send(new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'Group' }));
    expect(one.StackResourceDetail?.LastUpdatedTimestamp).toBeInstanceOf(Date);
    await expect(
      cloud.cfn.send(new DescribeStackResourceCommand({ StackName: 's', LogicalResourceId: 'X' })),
    ).rejects.toThrow('Resource X does not exist for stack s');
    expect((await cloud.cfn.send(new GetTemplateCommand({ StackName: 's' }))).TemplateBody).toBe(GOOD);
    const listed = await cloud.cfn.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }));
    expect(listed.StackSummaries?.map((summary) => summary.StackName)).toEqual(['s']);
    expect(
      (await cloud.cfn.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }))).StackSummaries,
    ).toEqual([]);
  });

  it('has its events page by page', async () => {
    const cloud = await startCloud();
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`G${index}`, group(1)]));
    await create(cloud, { TemplateBody: body(many) });
    const sizes: number[] = [];
    for await (const page of paginateDescribeStackEvents({ client: cloud.cfn }, { StackName: 's' }))
      sizes.push(page.StackEvents?.length ?? 0);
    expect(sizes).toEqual([100, 82]);
  });

  it('is protected from deletion on request', async () => {
    const cloud = await startCloud();
    await create(cloud, { EnableTerminationProtection: true });
    await expect(cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }))).rejects.toThrow(
      'Stack [s] cannot be deleted while TerminationProtection is enabled',
    );
    await cloud.cfn.send(
      new UpdateTerminationProtectionCommand({ StackName: 's', EnableTerminationProtection: false }),
    );
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
  });

  it('comes from a template in the bucket when that is too long for the request', async () => {
    const cloud = await startCloud();
    const long = JSON.stringify({ ...JSON.parse(GOOD), Metadata: { filler: 'x'.repeat(60_000) } });
    await expect(create(cloud, { TemplateBody: long })).rejects.toThrow(
      /Member must have length less than or equal to 51200/,
    );
    await cloud.s3.send(new CreateBucketCommand({ Bucket: 'templates' }));
    await cloud.s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'dir/t.json', Body: long }));
    await create(cloud, {
      TemplateBody: undefined,
      TemplateURL: 'https://s3.us-east-1.amazonaws.com/templates/dir/t.json',
    });
    expect(await statusOf(cloud)).toBe('CREATE_COMPLETE');
  });
});

describe('a change set', () => {
  const wanted = { StackName: 's', ChangeSetName: 'c' };
  async function describeOnceMade(cloud: TestCloud) {
    await cloud.advance(LONG);
    return cloud.cfn.send(new DescribeChangeSetCommand(wanted));
  }
  it('creates a stack in review, updates it, and says when there is nothing to do', async () => {
    const cloud = await startCloud();
    const { cfn } = cloud;
    await cfn.send(
      new CreateChangeSetCommand({
        ...wanted,
        ChangeSetType: 'CREATE',
        TemplateBody: GOOD,
        Tags: [{ Key: 'k', Value: 'v' }],
      }),
    );
    expect(await statusOf(cloud)).toBe('REVIEW_IN_PROGRESS');
    expect(await describeOnceMade(cloud)).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [
        {
          Type: 'Resource',
          ResourceChange: { Action: 'Add', LogicalResourceId: 'Group', ResourceType: 'AWS::Logs::LogGroup' },
        },
      ],
    });
    await cfn.send(new ExecuteChangeSetCommand(wanted));
    await cloud.advance(LONG);
    expect(await stackOf(cloud)).toMatchObject({ StackStatus: 'CREATE_COMPLETE', Tags: [{ Key: 'k', Value: 'v' }] });
    await cfn.send(new DeleteChangeSetCommand(wanted));
    await cfn.send(new CreateChangeSetCommand({ ...wanted, TemplateBody: body({ Group: group(5, '/b') }) }));
    expect((await describeOnceMade(cloud)).Changes?.[0]?.ResourceChange).toMatchObject({
      Action: 'Modify',
      PhysicalResourceId: '/a',
      Replacement: 'True',
      Scope: ['Properties'],
    });
    expect((await cfn.send(new ListChangeSetsCommand({ StackName: 's' }))).Summaries).toMatchObject([
      { ChangeSetName: 'c' },
    ]);
    await cfn.send(new ExecuteChangeSetCommand(wanted));
    await cloud.advance(LONG);
    expect([await statusOf(cloud), await groupsOf(cloud)]).toEqual(['UPDATE_COMPLETE', [['/b', 5]]]);
    await expect(cfn.send(new ExecuteChangeSetCommand(wanted))).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
    await cfn.send(new CreateChangeSetCommand({ ...wanted, ChangeSetName: 'none', UsePreviousTemplate: true }));
    await cloud.advance(LONG);
    const none = await cfn.send(new DescribeChangeSetCommand({ ...wanted, ChangeSetName: 'none' }));
    expect(none).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' });
    expect(none.StatusReason).toMatch(/didn't contain changes/);
  });
  it('that is not there has an error of its own', async () => {
    const cloud = await startCloud();
    await create(cloud);
    await expect(cloud.cfn.send(new DescribeChangeSetCommand(wanted))).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
    await expect(
      cloud.cfn.send(new CreateChangeSetCommand({ ...wanted, ChangeSetType: 'CREATE', TemplateBody: GOOD })),
    ).rejects.toThrow(/already exists and cannot be created again/);
    await expect(
      cloud.cfn.send(new CreateChangeSetCommand({ ...wanted, StackName: 'nobody', TemplateBody: GOOD })),
    ).rejects.toThrow('Stack [nobody] does not exist');
  });
});
