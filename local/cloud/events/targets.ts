/** Operations on the targets of rules. A target is a Lambda function: nothing else is behind this bus. */
import type {
  ListRuleNamesByTargetCommandInput,
  ListTargetsByRuleCommandInput,
  PutTargetsCommandInput,
  RemoveTargetsCommandInput,
  Target,
} from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../kernel.ts';
import { page } from './rules.ts';
import { checkBus, type EventsParts, findRule } from './state.ts';

/** Targets of one rule (EventBridge quotas). */
const MAX_TARGETS = 5;

export function createTargets({ world, state }: EventsParts) {
  return {
    putTargets({ Rule, EventBusName, Targets = [] }: PutTargetsCommandInput) {
      const rule = findRule(state, Rule, EventBusName);
      for (const target of Targets) checkTarget(target);
      const kept = rule.targets.filter(({ Id }) => !Targets.some((target) => target.Id === Id));
      if (kept.length + Targets.length > MAX_TARGETS)
        throw new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
      rule.targets = [...kept, ...Targets];
      world.changed('events');
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    removeTargets({ Rule, EventBusName, Ids = [] }: RemoveTargetsCommandInput) {
      const rule = findRule(state, Rule, EventBusName);
      rule.targets = rule.targets.filter(({ Id }) => !Ids.includes(Id ?? ''));
      world.changed('events');
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    listTargetsByRule(input: ListTargetsByRuleCommandInput) {
      return page('Targets', findRule(state, input.Rule, input.EventBusName).targets, input);
    },
    listRuleNamesByTarget(input: ListRuleNamesByTargetCommandInput) {
      checkBus(input.EventBusName);
      const rules = Object.values(state.rules).filter(({ targets }) =>
        targets.some(({ Arn }) => Arn === input.TargetArn),
      );
      return page('RuleNames', rules.map(({ name }) => name).sort(), input);
    },
  };
}

function checkTarget(target: Target): void {
  const { Id, Arn, Input, InputPath, InputTransformer, RetryPolicy } = target;
  if (!Id || !/^[.\-_A-Za-z0-9]{1,64}$/.test(Id)) throw invalid(`Value '${Id}' at 'targets.member.id' is not valid.`);
  if (!Arn || !/^arn:aws[\w-]*:lambda:[^:]+:\d{12}:function:[^:]+/.test(Arn))
    throw invalid(`Parameter ${Arn} is not valid. Reason: the local cloud delivers to Lambda functions only.`);
  if ([Input, InputPath, InputTransformer].filter((way) => way !== undefined).length > 1)
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}.`);
  checkRange('MaximumRetryAttempts', RetryPolicy?.MaximumRetryAttempts, 0, 185);
  checkRange('MaximumEventAgeInSeconds', RetryPolicy?.MaximumEventAgeInSeconds, 60, 86_400);
}

function checkRange(name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (value >= from && value <= to)) return;
  throw invalid(`Value '${value}' of RetryPolicy.${name} is outside ${from} to ${to}.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const invalid = (message: string) => new ServiceError('ValidationException', message);
