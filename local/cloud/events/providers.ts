/** AWS::Events::Rule, as CloudFormation drives it. */
import type {
  PutRuleCommandInput,
  PutTargetsCommandInput,
  RemoveTargetsCommandInput,
  Target,
} from '@aws-sdk/client-eventbridge';
import type { ResourceContext, ResourceOutcome, ResourceProvider } from '../kernel.ts';
import type { EventsState } from './state.ts';

interface RuleOperations {
  putRule(input: PutRuleCommandInput): { RuleArn: string };
  deleteRule(input: { Name: string }): void;
  putTargets(input: PutTargetsCommandInput): unknown;
  removeTargets(input: RemoveTargetsCommandInput): unknown;
}

export function createEventsProviders(events: RuleOperations, state: EventsState): ResourceProvider[] {
  function put(name: string, properties: Record<string, unknown>, context: ResourceContext): ResourceOutcome {
    const { Targets = [], EventPattern, Name, Tags, ...rest } = properties;
    const pattern =
      EventPattern === undefined || typeof EventPattern === 'string' ? EventPattern : JSON.stringify(EventPattern);
    const tags = Object.entries(context.tags).map(([Key, Value]) => ({ Key, Value }));
    const { RuleArn } = events.putRule({ ...rest, Name: name, EventPattern: pattern, Tags: tags });
    const targets = (Targets as Target[]).map(numbers);
    const gone = (state.rules[name]?.targets ?? []).filter(({ Id }) => !targets.some((target) => target.Id === Id));
    if (gone.length > 0) events.removeTargets({ Rule: name, Ids: gone.map(({ Id = '' }) => Id) });
    if (targets.length > 0) events.putTargets({ Rule: name, Targets: targets });
    return { physicalId: name, attributes: { Arn: RuleArn } };
  }
  return [
    {
      type: 'AWS::Events::Rule',
      replacedBy: ['Name', 'EventBusName'],
      create: (properties, context) => put(String(properties.Name ?? context.generatedName(64)), properties, context),
      update: (physicalId, before, after, context) =>
        before.Name === after.Name ? put(physicalId, after, context) : 'replace',
      delete(physicalId) {
        const rule = state.rules[physicalId];
        if (!rule) return;
        events.removeTargets({ Rule: physicalId, Ids: rule.targets.map(({ Id = '' }) => Id) });
        events.deleteRule({ Name: physicalId });
      },
    },
  ];
}

/** Templates may write numbers as text. */
function numbers(target: Target): Target {
  if (!target.RetryPolicy) return target;
  const entries = Object.entries(target.RetryPolicy).map(([name, value]) => [name, Number(value)]);
  return { ...target, RetryPolicy: Object.fromEntries(entries) };
}
