/** Keeps one timer of the world for each enabled rule with a schedule. */
import { compileSchedule } from './schedule.ts';
import type { EventsParts, Rule } from './state.ts';

export interface ScheduleTimers {
  /** Sets a rule's timer to what its schedule and its `enabled` say now. */
  arm(rule: Rule): void;
  disarm(rule: Rule): void;
  resume(): void;
}

/** @param fire what a schedule does when it is due */
export function createScheduleTimers({ world, state }: EventsParts, fire: (rule: Rule) => void): ScheduleTimers {
  const keyOf = (rule: Rule) => `events/schedule/${rule.name}`;

  function arm(rule: Rule): void {
    const due = rule.enabled && rule.schedule ? compileSchedule(rule.schedule, rule.startedAt)(world.now()) : undefined;
    wakeAt(rule, due);
  }
  function wakeAt(rule: Rule, due: number | undefined): void {
    rule.dueAt = due;
    world.changed('events');
    if (due === undefined) world.cancel(keyOf(rule));
    else world.schedule(keyOf(rule), due, () => ring(rule));
  }
  function ring(rule: Rule): void {
    arm(rule);
    fire(rule);
  }
  return {
    arm,
    disarm: (rule) => world.cancel(keyOf(rule)),
    /** A schedule that fell due while the cloud was off fires once, at once. */
    resume() {
      for (const rule of Object.values(state.rules)) wakeAt(rule, rule.dueAt);
    },
  };
}
