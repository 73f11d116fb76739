/** What EventBridge keeps: plain JSON, saved and restored as it is. */
import type { Target } from '@aws-sdk/client-eventbridge';
import { ServiceError, type World } from '../kernel.ts';
import { compilePattern, type Matcher } from './pattern.ts';

export interface Rule {
  name: string;
  arn: string;
  pattern?: string | undefined;
  schedule?: string | undefined;
  description?: string | undefined;
  roleArn?: string | undefined;
  enabled: boolean;
  /** When it was made or last enabled, in milliseconds: a rate counts from there. */
  startedAt: number;
  /** When its schedule is due, in milliseconds; absent without one and while disabled. */
  dueAt?: number | undefined;
  tags: Record<string, string>;
  targets: Target[];
}

/** An event as rules and targets see it. */
export interface EventEnvelope {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** Whole seconds, `2026-01-05T08:00:00Z`. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** One copy of one event on its way to one target of one rule. */
export interface Delivery {
  id: string;
  rule: string;
  targetId: string;
  event: EventEnvelope;
  acceptedAt: number;
  dueAt: number;
  retries: number;
}

/** A delivery that was given up; on AWS it would reach the target's dead letter queue, or nobody. */
interface Drop {
  at: string;
  rule: string;
  targetId: string;
  eventId: string;
  /** The error's code, or `EventLost` where the simulator lost it. */
  reason: string;
  message: string;
}

export interface EventsState {
  rules: Record<string, Rule>;
  deliveries: Record<string, Delivery>;
  /** The last ones, oldest first. */
  drops: Drop[];
}

/** Names come from users, `__proto__` among them: the record that they index has no prototype. */
export function restoreEventsState(saved: EventsState | undefined): EventsState {
  const rules = Object.assign(Object.create(null), saved?.rules) as EventsState['rules'];
  return { rules, deliveries: saved?.deliveries ?? {}, drops: saved?.drops ?? [] };
}

/** How many copies of an event reach a target, and when. 0 copies: lost; 2: delivered twice, the second one later. */
export type DeliveryFate = (event: EventEnvelope) => { copies: number; delayMs: number };

/** A call of a Lambda function on behalf of a rule. Throws ServiceError when the function can't be asked. */
export type InvokeFunction = (call: { functionArn: string; payload: string; sourceArn: string }) => void;

/** What every part of the service works on. */
export interface EventsParts {
  world: World;
  state: EventsState;
  invokeFunction: InvokeFunction;
  fate: DeliveryFate;
  matcherOf(rule: Rule): Matcher | undefined;
}

/** A pattern is compiled once, however many events pass by. */
export function createMatchers(): (rule: Rule) => Matcher | undefined {
  const compiled = new Map<string, Matcher>();
  return ({ pattern }) => {
    if (pattern === undefined) return undefined;
    const matcher = compiled.get(pattern) ?? compilePattern(pattern);
    compiled.set(pattern, matcher);
    return matcher;
  };
}

export function findRule(state: EventsState, name: string | undefined, bus: string | undefined): Rule {
  checkBus(bus);
  const rule = state.rules[name ?? ''];
  if (rule) return rule;
  throw new ServiceError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
}

/** Only the default bus exists; it goes by its name or its ARN. */
export function checkBus(bus: string | undefined): void {
  if (bus === undefined || bus === 'default' || bus.endsWith(':event-bus/default')) return;
  throw new ServiceError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
}
