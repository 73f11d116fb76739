/** EventBridge: rules, targets, what the matcher says of an event, and events sent in. */
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { type Case, of, outcome, spoken } from '../case.ts';

const rule = { Name: 'r', EventPattern: '{"source":["app"]}' };
const target = { Id: 'f', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' };

const refused: [name: string, input: PutRuleCommandInput, documented: string][] = [
  ['neither pattern nor schedule', { Name: 'r' }, '400 ValidationException'],
  ['a pattern that has no lists', { Name: 'r', EventPattern: '{"source":"app"}' }, '400 InvalidEventPatternException'],
  ['a pattern that is no JSON', { Name: 'r', EventPattern: '{"source"' }, '400 InvalidEventPatternException'],
  ['a rate of one in the plural', { Name: 'r', ScheduleExpression: 'rate(1 minutes)' }, '400 ValidationException'],
  ['a name with a blank', { ...rule, Name: 'a b' }, '400 ValidationException'],
  ['a bus that is not there', { ...rule, EventBusName: 'other' }, '400 ResourceNotFoundException'],
];

export const eventRules = of('EventBridge rule', [
  {
    name: 'is put and described',
    documented: {
      Arn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      State: 'ENABLED',
      EventBusName: 'default',
      ...rule,
    },
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      const { Arn, Name, EventPattern, State, EventBusName } = await events.send(
        new DescribeRuleCommand({ Name: 'r' }),
      );
      return { Arn, Name, EventPattern, State, EventBusName };
    },
  },
  {
    name: 'is turned off and on, as often as one likes',
    documented: ['DISABLED', 'DISABLED', 'ENABLED', 'ENABLED'],
    async ask({ events }) {
      await events.send(new PutRuleCommand({ Name: 'r', ScheduleExpression: 'rate(1 minute)' }));
      const seen = [];
      for (const on of [false, false, true, true]) {
        await events.send(on ? new EnableRuleCommand({ Name: 'r' }) : new DisableRuleCommand({ Name: 'r' }));
        seen.push((await events.send(new DescribeRuleCommand({ Name: 'r' }))).State);
      }
      return seen;
    },
  },
  {
    name: 'that is not there is not turned on',
    documented: '400 ResourceNotFoundException: Rule r does not exist on EventBus default.',
    ask: ({ events }) => spoken(events.send(new EnableRuleCommand({ Name: 'r' }))),
  },
  {
    name: 'that is not there is not described',
    documented: '400 ResourceNotFoundException: Rule r does not exist on EventBus default.',
    ask: ({ events }) => spoken(events.send(new DescribeRuleCommand({ Name: 'r' }))),
  },
  {
    name: 'put again forgets what the new call leaves out',
    documented: undefined,
    async ask({ events }) {
      await events.send(new PutRuleCommand({ ...rule, Description: 'd' }));
      await events.send(new PutRuleCommand(rule));
      return (await events.send(new DescribeRuleCommand({ Name: 'r' }))).Description;
    },
  },
  {
    name: 'put again keeps its targets',
    documented: ['f'],
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
      await events.send(new PutRuleCommand({ ...rule, EventPattern: '{"source":["other"]}' }));
      return (await events.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets?.map(({ Id }) => Id);
    },
  },
  {
    name: 'is deleted; one that is not there counts as deleted',
    documented: ['done', 'done', []],
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      const remove = () => outcome(events.send(new DeleteRuleCommand({ Name: 'r' })));
      return [await remove(), await remove(), (await events.send(new ListRulesCommand({}))).Rules];
    },
  },
  {
    name: 'with targets is not deleted',
    documented: "400 ValidationException: Rule can't be deleted since it has targets.",
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
      return spoken(events.send(new DeleteRuleCommand({ Name: 'r' })));
    },
  },
  {
    name: 'is listed by prefix, in pages',
    documented: [['a1'], ['a2'], undefined],
    async ask({ events }) {
      for (const Name of ['a1', 'a2', 'b1']) await events.send(new PutRuleCommand({ ...rule, Name }));
      const asked = { NamePrefix: 'a', Limit: 1 };
      const first = await events.send(new ListRulesCommand(asked));
      const second = await events.send(new ListRulesCommand({ ...asked, NextToken: first.NextToken }));
      const names = ({ Rules = [] }: typeof first) => Rules.map(({ Name }) => Name);
      return [names(first), names(second), second.NextToken];
    },
  },
  ...refused.map(
    ([name, input, documented]): Case => ({
      name: `with ${name} is refused`,
      documented,
      ask: ({ events }) => outcome(events.send(new PutRuleCommand(input))),
    }),
  ),
]);

export const eventTargets = of('EventBridge target', [
  {
    name: 'is put, replaced by its id, and listed',
    documented: [0, [{ ...target, Input: '{}' }]],
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
      const again = await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ ...target, Input: '{}' }] }));
      return [again.FailedEntryCount, (await events.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets];
    },
  },
  {
    name: 'finds the rules that call it',
    documented: ['r'],
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
      return (await events.send(new ListRuleNamesByTargetCommand({ TargetArn: target.Arn }))).RuleNames;
    },
  },
  {
    name: 'is removed; ids that are not there count as removed',
    documented: [0, []],
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }));
      const removed = await events.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['f', 'unknown'] }));
      return [removed.FailedEntryCount, (await events.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets];
    },
  },
  {
    name: 'of a rule that is not there',
    documented: '400 ResourceNotFoundException',
    ask: ({ events }) => outcome(events.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }))),
  },
  {
    name: 'is one of five at most',
    documented: '400 LimitExceededException',
    async ask({ events }) {
      await events.send(new PutRuleCommand(rule));
      const Targets = [...'abcdef'].map((Id) => ({ ...target, Id }));
      return outcome(events.send(new PutTargetsCommand({ Rule: 'r', Targets })));
    },
  },
]);

const event = {
  source: 'aws.ecs',
  resources: ['arn:aws:ecs:us-east-1:000000000000:service/bbf/bbf--main--server'],
  'detail-type': 'ECS Task State Change',
  detail: { lastStatus: 'RUNNING', count: 3, ip: '10.0.0.7', key: 'clusters/main/leases/a.json', note: null },
};
const patterns: [name: string, pattern: object, documented: boolean][] = [
  ['a value', { source: ['aws.ecs'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['one of several values', { detail: { lastStatus: ['STOPPED', 'RUNNING'] } }, true],
  ['all members of a pattern', { source: ['aws.ecs'], detail: { lastStatus: ['STOPPED'] } }, false],
  ['an element of a list', { resources: [event.resources[0]] }, true],
  ['prefix', { resources: [{ prefix: 'arn:aws:ecs:us-east-1:000000000000:service/bbf/' }] }, true],
  ['suffix', { detail: { key: [{ suffix: '.json' }] } }, true],
  ['wildcard', { detail: { key: [{ wildcard: 'clusters/*/leases/*.json' }] } }, true],
  ['a wildcard that does not fit', { detail: { key: [{ wildcard: 'clusters/*/status.json' }] } }, false],
  ['anything-but', { detail: { lastStatus: [{ 'anything-but': ['STOPPED'] }] } }, true],
  ['anything-but the very value', { detail: { lastStatus: [{ 'anything-but': ['RUNNING'] }] } }, false],
  ['anything-but with a prefix', { detail: { key: [{ 'anything-but': { prefix: 'clusters/' } }] } }, false],
  ['equals-ignore-case', { detail: { lastStatus: [{ 'equals-ignore-case': 'running' }] } }, true],
  ['numeric', { detail: { count: [{ numeric: ['>', 0, '<=', 3] }] } }, true],
  ['a number for a text', { detail: { count: ['3'] } }, false],
  ['null', { detail: { note: [null] } }, true],
  ['cidr', { detail: { ip: [{ cidr: '10.0.0.0/24' }] } }, true],
  ['exists', { detail: { count: [{ exists: true }] } }, true],
  ['exists: false of what is there', { detail: { count: [{ exists: false }] } }, false],
  ['exists: false of what is not there', { detail: { none: [{ exists: false }] } }, true],
  ['$or', { $or: [{ source: ['aws.s3'] }, { detail: { lastStatus: ['RUNNING'] } }] }, true],
  ['$or with nothing that fits', { $or: [{ source: ['aws.s3'] }, { detail: { lastStatus: ['STOPPED'] } }] }, false],
];

export const eventPatterns = of('EventBridge pattern', [
  ...patterns.map(
    ([name, pattern, documented]): Case => ({
      name,
      documented,
      ask: (cloud) => cloud.matches(pattern, event),
    }),
  ),
  {
    name: 'with an empty list is refused',
    documented: '400 InvalidEventPatternException',
    ask: ({ events }) => outcome(events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":[]}' }))),
  },
  {
    name: 'is tested without a rule',
    documented: true,
    async ask({ events }) {
      const envelope = { id: '1', account: '0', region: 'us-east-1', time: '2026-01-02T03:04:05Z' };
      const Event = JSON.stringify({ ...envelope, ...event });
      return (await events.send(new TestEventPatternCommand({ EventPattern: '{"source":["aws.ecs"]}', Event }))).Result;
    },
  },
]);

export const eventEntries = of('EventBridge PutEvents', [
  {
    name: 'answers for each entry',
    documented: [3, [undefined, 'NotAuthorizedForSourceException', 'MalformedDetail', 'InvalidArgument']],
    async ask({ events }) {
      const entry = { Source: 'app', DetailType: 'Done', Detail: '{"n":1}' };
      const others = [{ Source: 'aws.s3' }, { Detail: '[1' }, { Detail: undefined }];
      const Entries = [entry, ...others.map((change) => ({ ...entry, ...change }))];
      const answer = await events.send(new PutEventsCommand({ Entries }));
      return [answer.FailedEntryCount, answer.Entries?.map(({ ErrorCode }) => ErrorCode)];
    },
  },
  {
    name: 'takes ten entries at most',
    documented: '400 ValidationException',
    ask({ events }) {
      const Entries = Array.from({ length: 11 }, () => ({ Source: 'app', DetailType: 'Done', Detail: '{}' }));
      return outcome(events.send(new PutEventsCommand({ Entries })));
    },
  },
]);
