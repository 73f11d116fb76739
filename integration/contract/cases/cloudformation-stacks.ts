/** CloudFormation, stacks that are made and changed. */
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
    name: 'to the same template and the same one parameter',
    documented: NO_UPDATES,
    async ask(cloud) {
      const Group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: { Ref: 'Name' } } };
      const TemplateBody = body({ Group }, { Parameters: { Name: Parameters.Name } });
      const all = { TemplateBody, Parameters: given({ Name: '/x' }) };
      await made(cloud, all);
      return spoken(update(cloud, all));
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
