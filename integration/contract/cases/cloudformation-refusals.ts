/** CloudFormation, what goes wrong: failures and roll-backs, requests that are refused, exports in use. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  ListExportsCommand,
  ListImportsCommand,
  RollbackStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { of, outcome, spoken } from '../case.ts';
import { BAD, body, GOOD, group } from '../stacks.ts';
import { create, ended, groupsOf, made, remove, stackOf, update } from './stack.ts';

const Principal = { Service: 'ecs-tasks.amazonaws.com' };
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
};

export const stackFailure = of('CloudFormation failure', [
  {
    name: 'of a creation rolls back and leaves nothing but the stack',
    documented: ['ROLLBACK_COMPLETE', []],
    async ask(cloud) {
      await create(cloud, { TemplateBody: BAD });
      return [await ended(cloud), await groupsOf(cloud)];
    },
  },
  {
    name: 'of a creation leaves a stack that can only be deleted',
    documented: [
      '400 ValidationError: Stack:ARN is in ROLLBACK_COMPLETE state and can not be updated.',
      'DELETE_COMPLETE',
    ],
    async ask(cloud) {
      const { StackId = '' } = await create(cloud, { TemplateBody: BAD });
      await ended(cloud);
      const refused = await spoken(update(cloud, { TemplateBody: GOOD }));
      await remove(cloud);
      return [refused.replace(StackId, 'ARN'), await ended(cloud, StackId)];
    },
  },
  {
    name: 'of a creation keeps what was made when told not to roll back',
    documented: ['CREATE_FAILED', ['/a 7']],
    async ask(cloud) {
      await create(cloud, { TemplateBody: BAD, DisableRollback: true });
      return [await ended(cloud), await groupsOf(cloud)];
    },
  },
  {
    name: 'of a creation deletes the stack when told so',
    documented: ['DELETE_COMPLETE', []],
    async ask(cloud) {
      const { StackId = '' } = await create(cloud, { TemplateBody: BAD, OnFailure: 'DELETE' });
      return [await ended(cloud, StackId), await groupsOf(cloud)];
    },
  },
  {
    name: 'of an update goes back to what was, and the next one may go well',
    documented: ['UPDATE_ROLLBACK_COMPLETE', ['/a 1'], 'UPDATE_COMPLETE', ['/a 3']],
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: BAD });
      const failed = [await ended(cloud), await groupsOf(cloud)];
      await update(cloud, { TemplateBody: body({ Group: group(3, '/a') }) });
      return [...failed, await ended(cloud), await groupsOf(cloud)];
    },
  },
  {
    name: 'of an update stays when told not to roll back',
    documented: ['UPDATE_FAILED', ['/a 7']],
    async ask(cloud) {
      await made(cloud);
      await update(cloud, { TemplateBody: BAD, DisableRollback: true });
      return [await ended(cloud), await groupsOf(cloud)];
    },
  },
]);

export const stackRefusal = of('CloudFormation refusal', [
  {
    name: 'CancelUpdateStack where no update is under way',
    documented: '400 ValidationError',
    async ask(cloud) {
      await made(cloud);
      return outcome(cloud.cfn.send(new CancelUpdateStackCommand({ StackName: 's' })));
    },
  },
  {
    name: 'ContinueUpdateRollback where no roll-back has failed',
    documented: '400 ValidationError',
    async ask(cloud) {
      await made(cloud);
      return outcome(cloud.cfn.send(new ContinueUpdateRollbackCommand({ StackName: 's' })));
    },
  },
  {
    name: 'RollbackStack where nothing has failed',
    documented: '400 ValidationError',
    async ask(cloud) {
      await made(cloud);
      return outcome(cloud.cfn.send(new RollbackStackCommand({ StackName: 's' })));
    },
  },
  {
    name: 'roles with names need a capability of their own',
    documented: '400 InsufficientCapabilitiesException',
    async ask(cloud) {
      const Role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: TRUST } };
      return outcome(create(cloud, { TemplateBody: body({ Role }), Capabilities: ['CAPABILITY_IAM'] }));
    },
  },
  {
    name: 'a type that there is not',
    documented: '400 ValidationError: Template format error: Unrecognized resource types: [AWS::Nothing::Here]',
    async ask(cloud) {
      return spoken(create(cloud, { TemplateBody: body({ A: { Type: 'AWS::Nothing::Here' } }) }));
    },
  },
  {
    name: 'a Ref to nothing',
    documented:
      '400 ValidationError: Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    async ask(cloud) {
      const Group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: { Ref: 'X' } } };
      return spoken(create(cloud, { TemplateBody: body({ Group }) }));
    },
  },
  {
    name: 'resources that wait for each other',
    documented: '400 ValidationError',
    async ask(cloud) {
      const circle = { A: group(1, '/a', { DependsOn: 'B' }), B: group(1, '/b', { DependsOn: 'A' }) };
      return outcome(create(cloud, { TemplateBody: body(circle) }));
    },
  },
  {
    name: 'a parameter without a value',
    documented: '400 ValidationError: Parameters: [Name] must have values',
    async ask(cloud) {
      const TemplateBody = body({ Group: group(1, '/a') }, { Parameters: { Name: { Type: 'String' } } });
      return spoken(create(cloud, { TemplateBody }));
    },
  },
  {
    name: 'a parameter with a value that is not allowed',
    documented: '400 ValidationError',
    async ask(cloud) {
      const Parameters = { Size: { Type: 'String', AllowedValues: ['small', 'large'] } };
      const TemplateBody = body({ Group: group(1, '/a') }, { Parameters });
      const given = [{ ParameterKey: 'Size', ParameterValue: 'huge' }];
      return outcome(create(cloud, { TemplateBody, Parameters: given }));
    },
  },
  {
    name: 'a stack’s name with other than letters, digits and hyphens',
    documented: '400 ValidationError',
    async ask(cloud) {
      return outcome(create(cloud, { StackName: 'a_b' }));
    },
  },
  {
    name: 'a template that is no JSON and no YAML',
    documented: '400 ValidationError',
    async ask({ cfn }) {
      return outcome(cfn.send(new ValidateTemplateCommand({ TemplateBody: '{"Resources": ' })));
    },
  },
  {
    name: 'a template without resources',
    documented: '400 ValidationError',
    async ask({ cfn }) {
      return outcome(cfn.send(new ValidateTemplateCommand({ TemplateBody: '{"Resources": {}}' })));
    },
  },
  {
    name: 'a template of more than 51,200 bytes in the request',
    documented: '400 ValidationError',
    async ask(cloud) {
      const TemplateBody = JSON.stringify({ ...JSON.parse(GOOD), Metadata: { filler: 'x'.repeat(60_000) } });
      return outcome(create(cloud, { TemplateBody }));
    },
  },
]);

const GIVES = body(
  { Group: group(1, '/shared') },
  { Outputs: { O: { Value: { Ref: 'Group' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}--name' } } } } },
);
const IMPORTS = body({
  Group: {
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: { 'Fn::Join': ['', [{ 'Fn::ImportValue': 's--name' }, '/more']] }, RetentionInDays: 1 },
  },
});

export const stackExports = of('CloudFormation export', [
  {
    name: 'is imported by another stack, and both are listed',
    documented: { groups: ['/shared 1', '/shared/more 1'], exports: ['s--name=/shared'], imports: ['i'] },
    async ask(cloud) {
      await made(cloud, { TemplateBody: GIVES });
      await made(cloud, { StackName: 'i', TemplateBody: IMPORTS });
      const { Exports = [] } = await cloud.cfn.send(new ListExportsCommand({}));
      const { Imports } = await cloud.cfn.send(new ListImportsCommand({ ExportName: 's--name' }));
      return {
        groups: await groupsOf(cloud),
        exports: Exports.map(({ Name, Value }) => `${Name}=${Value}`),
        imports: Imports,
      };
    },
  },
  {
    name: 'in use keeps its stack from being deleted',
    documented: 'still there',
    async ask(cloud) {
      const StackId = await made(cloud, { TemplateBody: GIVES });
      await made(cloud, { StackName: 'i', TemplateBody: IMPORTS });
      await outcome(remove(cloud));
      await ended(cloud, StackId);
      return (await outcome(stackOf(cloud))) === 'done' ? 'still there' : 'gone';
    },
  },
  {
    name: 'in use keeps its value in an update',
    documented: ['UPDATE_ROLLBACK_COMPLETE', ['s--name=/shared']],
    async ask(cloud) {
      await made(cloud, { TemplateBody: GIVES });
      await made(cloud, { StackName: 'i', TemplateBody: IMPORTS });
      const refused = await outcome(update(cloud, { TemplateBody: body({ Group: group(1, '/shared') }) }));
      const { Exports = [] } = await cloud.cfn.send(new ListExportsCommand({}));
      const left = Exports.map(({ Name, Value }) => `${Name}=${Value}`);
      return [refused === 'done' ? await ended(cloud) : refused, left];
    },
  },
  {
    name: 'that nobody imports',
    documented: "400 ValidationError: Export 's--name' is not imported by any stack.",
    async ask(cloud) {
      await made(cloud, { TemplateBody: GIVES });
      return spoken(cloud.cfn.send(new ListImportsCommand({ ExportName: 's--name' })));
    },
  },
  {
    name: 'that nobody gives makes a creation fail',
    documented: ['ROLLBACK_COMPLETE', []],
    async ask(cloud) {
      await create(cloud, { StackName: 'i', TemplateBody: IMPORTS });
      return [await ended(cloud, 'i'), await groupsOf(cloud)];
    },
  },
]);
