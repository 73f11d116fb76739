/** CloudFormation, what templates can say: intrinsic functions, pseudo parameters, conditions, YAML; and change sets. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Case, of, outcome, spoken } from '../case.ts';
import { body, GOOD, group } from '../stacks.ts';
import type { Target } from '../target.ts';
import { groupsOf, made, stackOf } from './stack.ts';

/** What an output with this value comes to. */
const values: [name: string, value: unknown, documented: string][] = [
  ['Ref of a parameter', { Ref: 'Word' }, 'word'],
  ['Ref of a number, which is text in an output', { Ref: 'Number' }, '12'],
  ['Ref of a log group', { Ref: 'Group' }, '/a'],
  ['Fn::GetAtt', { 'Fn::GetAtt': ['Group', 'Arn'] }, 'arn:aws:logs:us-east-1:000000000000:log-group:/a:*'],
  ['Fn::Sub', { 'Fn::Sub': '${Word}-${Group}-${AWS::Region}' }, 'word-/a-us-east-1'],
  ['Fn::Sub with values of its own', { 'Fn::Sub': ['${Word}-${Own}', { Own: { Ref: 'Number' } }] }, 'word-12'],
  ['Fn::Sub with an attribute', { 'Fn::Sub': '${Group.Arn}' }, 'arn:aws:logs:us-east-1:000000000000:log-group:/a:*'],
  ['Fn::Sub with what is no placeholder', { 'Fn::Sub': '${!Word}' }, '${Word}'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Word' }, 'b']] }, 'a-word-b'],
  ['Fn::Select', { 'Fn::Select': [1, ['a', 'b', 'c']] }, 'b'],
  ['Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
  ['a list as parameter', { 'Fn::Join': ['+', { Ref: 'List' }] }, 'x+y'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Word' }, 'cpu'] }, '1024'],
  ['Fn::Base64', { 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ['Fn::Cidr', { 'Fn::Join': [' ', { 'Fn::Cidr': ['10.0.0.0/16', 2, 12] }] }, '10.0.0.0/20 10.0.16.0/20'],
  ['Fn::GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
  ['Fn::If', { 'Fn::If': ['Yes', 'yes', 'no'] }, 'yes'],
  ['Fn::Not and Fn::Equals', { 'Fn::If': ['No', 'yes', 'no'] }, 'no'],
  ['Fn::And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
  ['Fn::Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
  ['AWS::StackName', { Ref: 'AWS::StackName' }, 's'],
  ['AWS::Region', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '000000000000'],
  ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
  ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
];

const valueTemplate = (Value: unknown) =>
  body(
    { Group: group(1, '/a') },
    {
      Parameters: {
        Word: { Type: 'String', Default: 'word' },
        Number: { Type: 'Number', Default: '12' },
        List: { Type: 'CommaDelimitedList', Default: 'x, y' },
      },
      Mappings: { Sizes: { word: { cpu: '1024' } } },
      Conditions: {
        Yes: { 'Fn::Equals': [{ Ref: 'Word' }, 'word'] },
        No: { 'Fn::Not': [{ Condition: 'Yes' }] },
        Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
        Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      },
      Outputs: { O: { Value } },
    },
  );

export const templateValues = of(
  'CloudFormation template',
  values.map(
    ([name, value, documented]): Case => ({
      name,
      documented,
      async ask(cloud) {
        await made(cloud, { TemplateBody: valueTemplate(value) });
        return (await stackOf(cloud))?.Outputs?.[0]?.OutputValue;
      },
    }),
  ),
);

const YAML = `
Parameters:
  Name: {Type: String, Default: y}
Conditions:
  Never: !Equals [!Ref Name, z]
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub '/\${Name}'
      RetentionInDays: !If [Never, 1, 3]
  Other:
    Type: AWS::Logs::LogGroup
    Condition: Never
Outputs:
  Arn:
    Value: !GetAtt Group.Arn
  None:
    Condition: Never
    Value: !Ref Other
`;

export const templateForms = of('CloudFormation template', [
  {
    name: 'in YAML, with short tags and conditions on resources and outputs',
    documented: [['/y 3'], ['Arn']],
    async ask(cloud) {
      await made(cloud, { TemplateBody: YAML });
      const outputs = (await stackOf(cloud))?.Outputs?.map(({ OutputKey }) => OutputKey);
      return [await groupsOf(cloud), outputs];
    },
  },
  {
    name: 'AWS::NoValue leaves a property out',
    documented: ['/a for ever'],
    async ask(cloud) {
      const RetentionInDays = { 'Fn::If': ['Kept', { Ref: 'AWS::NoValue' }, 7] };
      const Group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/a', RetentionInDays } };
      const Conditions = { Kept: { 'Fn::Equals': ['a', 'a'] } };
      await made(cloud, { TemplateBody: body({ Group }, { Conditions }) });
      return groupsOf(cloud);
    },
  },
  {
    name: 'a thing without a name gets one from its stack',
    documented: true,
    async ask(cloud) {
      await made(cloud, { TemplateBody: body({ Group: group(1) }) });
      return /^s-Group-\w+ 1$/.test((await groupsOf(cloud))[0] ?? '');
    },
  },
]);

const wanted = { StackName: 's', ChangeSetName: 'c' };
const CREATE = { ...wanted, ChangeSetType: 'CREATE' as const, TemplateBody: GOOD };

/** Described once it is ready or has failed. */
const described = ({ cfn, settled }: Target, ChangeSetName = 'c') =>
  settled(
    () => cfn.send(new DescribeChangeSetCommand({ StackName: 's', ChangeSetName })),
    ({ Status = '' }) => !/IN_PROGRESS|PENDING/.test(Status),
  );

/** Deploys a log group that is kept, by a change set that imports. */
async function imported(cloud: Target) {
  const Group = { ...group(1, '/a'), DeletionPolicy: 'Retain' };
  const input = { ...CREATE, TemplateBody: body({ Group }), ImportExistingResources: true };
  await cloud.cfn.send(new CreateChangeSetCommand(input));
  const { Action, PhysicalResourceId = 'none' } = (await described(cloud)).Changes?.[0]?.ResourceChange ?? {};
  await cloud.cfn.send(new ExecuteChangeSetCommand(wanted));
  const status = await cloud.settled(
    async () => (await stackOf(cloud))?.StackStatus ?? '',
    (one) => one.endsWith('_COMPLETE'),
  );
  return { change: `${Action} ${PhysicalResourceId}`, status, groups: await groupsOf(cloud) };
}

export const changeSets = of('CloudFormation change set', [
  {
    name: 'for a new stack leaves it in review, with what would be made',
    documented: {
      stack: 'REVIEW_IN_PROGRESS',
      status: 'CREATE_COMPLETE AVAILABLE',
      changes: ['Add Group AWS::Logs::LogGroup'],
      made: [],
    },
    async ask(cloud) {
      await cloud.cfn.send(new CreateChangeSetCommand(CREATE));
      const { Status, ExecutionStatus, Changes = [] } = await described(cloud);
      return {
        stack: (await stackOf(cloud))?.StackStatus,
        status: `${Status} ${ExecutionStatus}`,
        changes: Changes.map(
          ({ ResourceChange: one }) => `${one?.Action} ${one?.LogicalResourceId} ${one?.ResourceType}`,
        ),
        made: await groupsOf(cloud),
      };
    },
  },
  {
    name: 'is executed',
    documented: ['CREATE_COMPLETE', ['/a 1']],
    async ask(cloud) {
      await cloud.cfn.send(new CreateChangeSetCommand(CREATE));
      await described(cloud);
      await cloud.cfn.send(new ExecuteChangeSetCommand(wanted));
      const status = await cloud.settled(
        async () => (await stackOf(cloud))?.StackStatus ?? '',
        (one) => one.endsWith('_COMPLETE'),
      );
      return [status, await groupsOf(cloud)];
    },
  },
  {
    name: 'imports what has a name of the template already and is kept when its stack goes',
    documented: { change: 'Import /a', status: 'CREATE_COMPLETE', groups: ['/a 1'] },
    async ask(cloud) {
      await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: '/a' }));
      return imported(cloud);
    },
  },
  {
    name: 'foretells a replacement',
    documented: { Action: 'Modify', Replacement: 'True', PhysicalResourceId: '/a' },
    async ask(cloud) {
      await made(cloud);
      await cloud.cfn.send(new CreateChangeSetCommand({ ...wanted, TemplateBody: body({ Group: group(1, '/b') }) }));
      const { Action, Replacement, PhysicalResourceId } = (await described(cloud)).Changes?.[0]?.ResourceChange ?? {};
      return { Action, Replacement, PhysicalResourceId };
    },
  },
  {
    name: 'without changes fails and says so',
    documented: ['FAILED UNAVAILABLE', true],
    async ask(cloud) {
      await made(cloud);
      await cloud.cfn.send(new CreateChangeSetCommand({ ...wanted, UsePreviousTemplate: true }));
      const { Status, ExecutionStatus, StatusReason = '' } = await described(cloud);
      return [`${Status} ${ExecutionStatus}`, /didn't contain changes/.test(StatusReason)];
    },
  },
  {
    name: 'that was deleted leaves a stack in review behind',
    documented: ['404 ChangeSetNotFoundException', 'REVIEW_IN_PROGRESS'],
    async ask(cloud) {
      await cloud.cfn.send(new CreateChangeSetCommand(CREATE));
      await described(cloud);
      await cloud.cfn.send(new DeleteChangeSetCommand(wanted));
      const gone = await cloud.settled(
        () => outcome(cloud.cfn.send(new DescribeChangeSetCommand(wanted))),
        (answer) => answer !== 'done',
      );
      return [gone, (await stackOf(cloud))?.StackStatus];
    },
  },
  {
    name: 'of a stack that is not there',
    documented: '400 ValidationError: Stack [s] does not exist',
    async ask(cloud) {
      return spoken(cloud.cfn.send(new CreateChangeSetCommand({ ...wanted, TemplateBody: GOOD })));
    },
  },
  {
    name: 'to create a stack that is there',
    documented: '400 ValidationError',
    async ask(cloud) {
      await made(cloud);
      return outcome(cloud.cfn.send(new CreateChangeSetCommand(CREATE)));
    },
  },
  {
    name: 'that is not there',
    documented: '404 ChangeSetNotFoundException',
    async ask(cloud) {
      await made(cloud);
      return outcome(cloud.cfn.send(new DescribeChangeSetCommand(wanted)));
    },
  },
]);
