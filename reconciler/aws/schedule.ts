/** Turns the rule of the fast schedule on and off through EventBridge. */
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import type { Schedule } from '../ports.ts';

export function eventBridgeSchedule(events: EventBridgeClient, fastRule: string): Schedule {
  return {
    async isFast() {
      return (await events.send(new DescribeRuleCommand({ Name: fastRule }))).State === 'ENABLED';
    },
    async setFast(enabled) {
      const rule = { Name: fastRule };
      await events.send(enabled ? new EnableRuleCommand(rule) : new DisableRuleCommand(rule));
    },
  };
}
