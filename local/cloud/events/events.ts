/** EventBridge's default bus: rules, schedules, targets, and the delivery of events to Lambda functions. */
import type {
  PutEventsCommandInput,
  PutEventsRequestEntry,
  TestEventPatternCommandInput,
} from '@aws-sdk/client-eventbridge';
import { type Emit, ServiceError, type ServiceEvent, type World } from '../kernel.ts';
import { createDelivery } from './delivery.ts';
import { compilePattern } from './pattern.ts';
import { createEventsProviders } from './providers.ts';
import { createRules } from './rules.ts';
import { createScheduleTimers } from './schedule-timers.ts';
import {
  checkBus,
  createMatchers,
  type DeliveryFate,
  type EventEnvelope,
  type EventsParts,
  type EventsState,
  type InvokeFunction,
  type Rule,
  restoreEventsState,
} from './state.ts';
import { createTargets } from './targets.ts';

interface EventsOptions {
  world: World;
  invokeFunction: InvokeFunction;
  saved?: EventsState | undefined;
  /** Asked for each event and target. Default: one copy, at once. */
  delivery?: DeliveryFate | undefined;
}

export type Events = ReturnType<typeof createEvents>;

export function createEvents({ world, invokeFunction, saved, delivery }: EventsOptions) {
  const state = restoreEventsState(saved);
  const fate = delivery ?? (() => ({ copies: 1, delayMs: 0 }));
  const parts: EventsParts = { world, state, invokeFunction, fate, matcherOf: createMatchers() };
  const room = createDelivery(parts);

  function envelope(event: ServiceEvent, at = world.now()): EventEnvelope {
    return {
      version: '0',
      id: world.uuid(),
      'detail-type': event.detailType,
      source: event.source,
      account: world.account,
      time: `${new Date(at).toISOString().slice(0, 19)}Z`,
      region: world.region,
      resources: event.resources,
      detail: event.detail,
    };
  }
  const emit: Emit = (event) => room.accept(envelope(event));
  const fire = (rule: Rule) =>
    room.acceptFor(
      rule,
      envelope({ source: 'aws.events', detailType: 'Scheduled Event', resources: [rule.arn], detail: {} }),
    );
  const timers = createScheduleTimers(parts, fire);

  function putEvent(entry: PutEventsRequestEntry): { EventId?: string; ErrorCode?: string; ErrorMessage?: string } {
    try {
      const event = envelope(eventOf(entry), entry.Time ? timeOf(entry.Time) : undefined);
      room.accept(event);
      return { EventId: event.id };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { ErrorCode: error.code, ErrorMessage: error.message };
    }
  }
  const operations = {
    ...createRules(parts, timers),
    ...createTargets(parts),
    putEvents({ Entries = [] }: PutEventsCommandInput) {
      if (Entries.length < 1 || Entries.length > 10)
        throw new ServiceError('ValidationException', `PutEvents takes 1 to 10 entries, not ${Entries.length}.`);
      const answers = Entries.map(putEvent);
      return { FailedEntryCount: answers.filter(({ ErrorCode }) => ErrorCode).length, Entries: answers };
    },
    testEventPattern({ EventPattern = '', Event = '' }: TestEventPatternCommandInput) {
      return { Result: compilePattern(EventPattern)(testEvent(Event)) };
    },
  };
  return {
    state,
    emit,
    ...operations,
    providers: createEventsProviders(operations, state),
    resume() {
      timers.resume();
      room.resume();
    },
  };
}

/** The wire carries seconds, a caller in this process a Date. */
const timeOf = (time: Date | number) => (time instanceof Date ? time.getTime() : time * 1_000);

function eventOf(entry: PutEventsRequestEntry): ServiceEvent {
  checkBus(entry.EventBusName);
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (entry[name]) continue;
    throw new ServiceError(
      'InvalidArgument',
      `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    );
  }
  const { Source = '', DetailType = '', Detail = '', Resources = [] } = entry;
  if (Source.startsWith('aws.'))
    throw new ServiceError('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = object(Detail);
  if (!detail) throw new ServiceError('MalformedDetail', 'Detail is malformed.');
  return { source: Source, detailType: DetailType, resources: Resources, detail };
}

/** TestEventPattern wants the envelope whole. */
function testEvent(json: string): Record<string, unknown> {
  const event = object(json);
  if (!event)
    throw new ServiceError('ValidationException', 'Parameter Event is not valid. Reason: it is no JSON object.');
  for (const name of ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type']) {
    if (!(name in event))
      throw new ServiceError(
        'ValidationException',
        `Parameter Event is not valid. Reason: ${name} is a required argument.`,
      );
  }
  return event;
}

function object(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
