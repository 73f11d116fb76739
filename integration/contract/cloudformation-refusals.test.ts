/** Where CloudFormation refuses or fails, asked through the AWS SDK: roll-backs, tokens, bad requests, exports in use. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import {
  DeleteStackCommand,
  GetTemplateSummaryCommand,
  ListExportsCommand,
  ListImportsCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { startCloud } from './harness.ts';
import { BAD, body, create, group, groupsOf, LONG, stackOf, statusOf, update } from './stacks.ts';

describe('a failed operation', () => {
  it('leaves everything when told not to roll back; RollbackStack deletes what never was stable', async () => {
    const cloud = await startCloud();
    const { StackId } = await create(cloud, { TemplateBody: BAD, DisableRollback: true });
    expect([await statusOf(cloud), await groupsOf(cloud)]).toEqual(['CREATE_FAILED', [['/a', 7]]]);
    await cloud.cfn.send(new RollbackStackCommand({ StackName: 's' }));
    await cloud.advance(LONG);
    expect([await statusOf(cloud, StackId), await groupsOf(cloud)]).toEqual(['DELETE_COMPLETE', []]);
  });
  it('survives a restart in its middle', async () => {
    const cloud = await startCloud();
    await create(cloud);
    await cloud.cfn.send(new UpdateStackCommand({ StackName: 's', TemplateBody: BAD }));
    await cloud.advance(15);
    expect(await statusOf(cloud)).toBe('UPDATE_IN_PROGRESS');
    const again = await startCloud({ saved: JSON.parse(JSON.stringify(cloud.cloud.snapshot())) });
    await again.advance(LONG * 2);
    expect([await statusOf(again), await groupsOf(again)]).toEqual(['UPDATE_ROLLBACK_COMPLETE', [['/a', 1]]]);
  });
});

describe('a request', () => {
  it('needs capabilities for IAM', async () => {
    const cloud = await startCloud();
    const TemplateBody = body({
      R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: {} } },
    });
    await expect(create(cloud, { TemplateBody, Capabilities: ['CAPABILITY_IAM'] })).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
    const summary = await cloud.cfn.send(new GetTemplateSummaryCommand({ TemplateBody }));
    expect(summary).toMatchObject({ Capabilities: ['CAPABILITY_NAMED_IAM'], ResourceTypes: ['AWS::IAM::Role'] });
  });
  it('for what the local cloud lacks is refused, not ignored', async () => {
    const cloud = await startCloud();
    await expect(create(cloud, { StackPolicyBody: '{}' })).rejects.toThrow(
      /does not implement the parameter StackPolicyBody/,
    );
  });
});

describe('an export', () => {
  it('binds the stack that gives it as long as another imports it', async () => {
    const cloud = await startCloud();
    const Outputs = { O: { Value: { Ref: 'Group' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}--name' } } } };
    await create(cloud, { TemplateBody: body({ Group: group(1, '/shared') }, { Outputs }) });
    const importing = {
      Group: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: { 'Fn::Join': ['', [{ 'Fn::ImportValue': 's--name' }, '/more']] } },
      },
    };
    await create(cloud, { StackName: 'i', TemplateBody: body(importing) });
    expect((await cloud.cfn.send(new ListExportsCommand({}))).Exports).toMatchObject([
      { Name: 's--name', Value: '/shared' },
    ]);
    expect((await cloud.cfn.send(new ListImportsCommand({ ExportName: 's--name' }))).Imports).toEqual(['i']);
    expect((await groupsOf(cloud))?.map(([name]) => name)).toEqual(['/shared', '/shared/more']);
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    await cloud.advance(LONG);
    expect(await stackOf(cloud)).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      StackStatusReason: 'Delete canceled. Cannot delete export s--name as it is in use by i.',
    });
    await update(cloud, { TemplateBody: body({ Group: group(1, '/shared') }) });
    expect(await statusOf(cloud)).toBe('UPDATE_ROLLBACK_COMPLETE');
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 'i' }));
    await cloud.advance(LONG);
    await expect(cloud.cfn.send(new ListImportsCommand({ ExportName: 's--name' }))).rejects.toThrow(
      "Export 's--name' is not imported by any stack.",
    );
    await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
    await cloud.advance(LONG);
    expect(await groupsOf(cloud)).toEqual([]);
  });
});
