/** Operations on rules. */
import type {
  DeleteRuleCommandInput,
  DescribeRuleCommandInput,
  ListRulesCommandInput,
  PutRuleCommandInput,
} from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../kernel.ts';
import { compilePattern } from './pattern.ts';
import { compileSchedule } from './schedule.ts';
import type { ScheduleTimers } from './schedule-timers.ts';
import { checkBus, type EventsParts, findRule, type Rule } from './state.ts';

/** Rules of one bus (EventBridge quotas). */
const MAX_RULES = 300;

export function createRules({ world, state }: EventsParts, timers: ScheduleTimers) {
  function putRule(input: PutRuleCommandInput): { RuleArn: string } {
    checkBus(input.EventBusName);
    const name = checkedName(input.Name);
    checkTrigger(input, world.now());
    const before = state.rules[name];
    if (!before && Object.keys(state.rules).length >= MAX_RULES)
      throw new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    // Whatever the new call leaves out is gone; only the targets stay, and the tags, which only a new rule takes.
    const rule: Rule = {
      name,
      arn: `arn:aws:events:${world.region}:${world.account}:rule/${name}`,
      pattern: input.EventPattern,
      schedule: input.ScheduleExpression,
      description: input.Description,
      roleArn: input.RoleArn,
      enabled: (input.State ?? 'ENABLED') !== 'DISABLED',
      startedAt: world.now(),
      tags: before?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ''])),
      targets: before?.targets ?? [],
    };
    if (before?.enabled && rule.enabled && before.schedule === rule.schedule) rule.startedAt = before.startedAt;
    state.rules[name] = rule;
    timers.arm(rule);
    return { RuleArn: rule.arn };
  }
  function deleteRule({ Name, EventBusName }: DeleteRuleCommandInput): void {
    checkBus(EventBusName);
    const rule = state.rules[Name ?? ''];
    if (!rule) return;
    if (rule.targets.length > 0)
      throw new ServiceError('ValidationException', "Rule can't be deleted since it has targets.");
    timers.disarm(rule);
    delete state.rules[rule.name];
    world.changed('events');
  }
  function describeRule({ Name, EventBusName }: DescribeRuleCommandInput) {
    return { ...described(findRule(state, Name, EventBusName)), CreatedBy: world.account };
  }
  function listRules(input: ListRulesCommandInput) {
    checkBus(input.EventBusName);
    const rules = Object.values(state.rules).sort((a, b) => (a.name < b.name ? -1 : 1));
    return page('Rules', rules.filter(({ name }) => name.startsWith(input.NamePrefix ?? '')).map(described), input);
  }
  function setEnabled(enabled: boolean) {
    return ({ Name, EventBusName }: DescribeRuleCommandInput): void => {
      const rule = findRule(state, Name, EventBusName);
      if (rule.enabled === enabled) return;
      rule.enabled = enabled;
      rule.startedAt = world.now();
      timers.arm(rule);
    };
  }
  return {
    putRule,
    deleteRule,
    describeRule,
    listRules,
    enableRule: setEnabled(true),
    disableRule: setEnabled(false),
  };
}

function checkedName(name: string | undefined): string {
  if (name && /^[.\-_A-Za-z0-9]{1,64}$/.test(name)) return name;
  throw new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+, with 1 to 64 characters`,
  );
}

function checkTrigger({ EventPattern, ScheduleExpression }: PutRuleCommandInput, now: number): void {
  if (!EventPattern && !ScheduleExpression)
    throw new ServiceError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  if (EventPattern) compilePattern(EventPattern);
  if (ScheduleExpression) compileSchedule(ScheduleExpression, now);
}

function described(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: 'default',
  };
}

/** A page of a list; the token is the index of the next element. */
export function page<Name extends string, T>(
  name: Name,
  all: T[],
  { Limit = 100, NextToken }: { Limit?: number | undefined; NextToken?: string | undefined },
): Record<Name, T[]> & { NextToken: string | undefined } {
  const from = Number(NextToken ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new ServiceError('ValidationException', 'Token is not valid.');
  const next = from + Limit < all.length ? String(from + Limit) : undefined;
  return { [name]: all.slice(from, from + Limit), NextToken: next } as Record<Name, T[]> & { NextToken: typeof next };
}
