/** Turns the rule of the fast schedule on and off through EventBridge. */
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import type { Schedule, Time } from '../ports.ts';
import { pastCollisions } from './collisions.ts';

export function eventBridgeSchedule(events: EventBridgeClient, fastRule: string, time: Time): Schedule {
  return {
    async isFast() {
      return (await events.send(new DescribeRuleCommand({ Name: fastRule }))).State === 'ENABLED';
    },
    async setFast(enabled) {
      const rule = { Name: fastRule };
      const change = async () =>
        void (await events.send(enabled ? new EnableRuleCommand(rule) : new DisableRuleCommand(rule)));
      // Clusters are looked at side by side, and share the rule.
      await pastCollisions(time, change);
    },
  };
}
