/** Brings events to the targets of the rules they match: at least once, with EventBridge's retries, across restarts. */
import { ServiceError } from '../kernel.ts';
import type { Delivery, EventEnvelope, EventsParts, Rule } from './state.ts';
import { targetInput } from './target-input.ts';

/** Defaults of a target's RetryPolicy (EventBridge user guide, "How EventBridge retries delivering events"). */
const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;
/** AWS says "exponential back off and jitter" without numbers; ours doubles from a second to five minutes. */
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;
const DROPS_KEPT = 100;

interface DeliveryRoom {
  /** Starts a delivery to each target of each enabled rule that the event matches; takes a copy of the event if there is one. */
  accept(event: EventEnvelope): void;
  /** Starts a delivery to each target of one rule, whatever its pattern. */
  acceptFor(rule: Rule, event: EventEnvelope): void;
  resume(): void;
}

export function createDelivery({ world, state, invokeFunction, fate, matcherOf }: EventsParts): DeliveryRoom {
  function accept(event: EventEnvelope): void {
    let copy: EventEnvelope | undefined;
    for (const rule of Object.values(state.rules)) {
      if (!rule.enabled || !matcherOf(rule)?.({ ...event })) continue;
      copy ??= JSON.parse(JSON.stringify(event)) as EventEnvelope;
      acceptFor(rule, copy);
    }
  }
  function acceptFor(rule: Rule, event: EventEnvelope): void {
    for (const { Id: targetId = '' } of rule.targets) {
      const { copies, delayMs } = fate(event);
      if (copies === 0) drop({ rule: rule.name, targetId, event }, 'EventLost', 'The simulator lost this event.');
      for (let copy = 1; copy <= copies; copy++) start(rule, targetId, event, delayMs * copy);
    }
    world.changed('events');
  }
  function start(rule: Rule, targetId: string, event: EventEnvelope, delayMs: number): void {
    const now = world.now();
    const fresh = { id: world.uuid(), rule: rule.name, targetId, event, acceptedAt: now, retries: 0 };
    plan({ ...fresh, dueAt: now + delayMs });
  }
  function plan(delivery: Delivery): void {
    state.deliveries[delivery.id] = delivery;
    world.schedule(`events/delivery/${delivery.id}`, delivery.dueAt, () => attempt(delivery));
    world.changed('events');
  }
  function attempt(delivery: Delivery): void {
    delete state.deliveries[delivery.id];
    world.changed('events');
    const rule = state.rules[delivery.rule];
    const target = rule?.targets.find(({ Id }) => Id === delivery.targetId);
    // The rule or the target was removed meanwhile.
    if (!rule || !target?.Arn) return;
    try {
      const payload = targetInput(target, delivery.event, rule);
      invokeFunction({ functionArn: target.Arn, payload, sourceArn: rule.arn });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      retryOrDrop(delivery, error, target.RetryPolicy ?? {});
    }
  }
  function retryOrDrop(
    delivery: Delivery,
    error: ServiceError,
    policy: { MaximumRetryAttempts?: number | undefined; MaximumEventAgeInSeconds?: number | undefined },
  ): void {
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** delivery.retries, LONGEST_BACKOFF_MS) * (0.5 + world.random() / 2);
    const dueAt = Math.ceil(world.now() + backoff);
    const expiresAt = delivery.acceptedAt + (policy.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1_000;
    const triesLeft = delivery.retries < (policy.MaximumRetryAttempts ?? DEFAULT_RETRIES);
    // A missing function or permission is not retried: waiting does not cure it.
    const curable = error.status >= 500 || error.status === 429;
    if (curable && triesLeft && dueAt <= expiresAt) plan({ ...delivery, dueAt, retries: delivery.retries + 1 });
    else drop(delivery, error.code, error.message);
  }
  function drop(what: { rule: string; targetId: string; event: EventEnvelope }, reason: string, message: string): void {
    const at = new Date(world.now()).toISOString();
    state.drops.push({ at, rule: what.rule, targetId: what.targetId, eventId: what.event.id, reason, message });
    state.drops.splice(0, state.drops.length - DROPS_KEPT);
    world.changed('events');
  }
  function resume(): void {
    for (const delivery of Object.values(state.deliveries)) plan(delivery);
  }
  return { accept, acceptFor, resume };
}
