import { DisableRuleCommand, EnableRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { errorKind } from './errors.ts';
import { eventBridgeSchedule } from './schedule.ts';

/** One rule, which others change at the same time for the first `collisions` requests. */
function ruleChangedBy(collisions: number) {
  const rule = { State: 'DISABLED', left: collisions, waited: 0 };
  const send = async (command: unknown) => {
    if (rule.left-- > 0) {
      const message = 'Rule bbf-fast was modified concurrently';
      throw Object.assign(new Error(message), { name: 'ConcurrentModificationException' });
    }
    if (command instanceof EnableRuleCommand) rule.State = 'ENABLED';
    if (command instanceof DisableRuleCommand) rule.State = 'DISABLED';
  };
  const wait = async (ms: number) => {
    rule.waited += ms;
  };
  return {
    rule,
    schedule: eventBridgeSchedule({ send } as unknown as EventBridgeClient, 'bbf-fast', { now: () => 0, wait }),
  };
}

it.each([0, 1, 2])('the fast schedule is switched past %i others that switch it in that moment', async (others) => {
  const { rule, schedule } = ruleChangedBy(others);
  await schedule.setFast(true);
  expect(rule).toMatchObject({ State: 'ENABLED', waited: others * 100 });
});

it('who is refused three times has lost to others, and looks again', async () => {
  const { rule, schedule } = ruleChangedBy(3);
  const error = await schedule.setFast(true).catch((thrown: unknown) => thrown);
  expect([errorKind(error), rule.State]).toEqual(['conflict', 'DISABLED']);
});
