/** What CloudFormation promises, asked through the AWS SDK: stacks live and die, change sets foretell. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { startCloud, type TestCloud } from './harness.ts';
import { BAD, body, create, eventsOf, GOOD, group, groupsOf, LONG, stackOf, statusOf, update } from './stacks.ts';

describe('a stack', () => {
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

  it('has its events page by page', async () => {
    const cloud = await startCloud();
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`G${index}`, group(1)]));
    await create(cloud, { TemplateBody: body(many) });
    const sizes: number[] = [];
    for await (const page of paginateDescribeStackEvents({ client: cloud.cfn }, { StackName: 's' }))
      sizes.push(page.StackEvents?.length ?? 0);
    expect(sizes).toEqual([100, 82]);
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
});
