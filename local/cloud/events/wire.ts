/** EventBridge's wire protocol: AWS JSON 1.1 under the name `AWSEvents`. */
import type { WireHandler } from '../kernel.ts';
import { jsonProtocol } from '../wire/json.ts';
import type { Events } from './events.ts';

export function createEventsWire(events: Events): WireHandler {
  return jsonProtocol('AWSEvents', {
    PutRule: events.putRule,
    DeleteRule: events.deleteRule,
    DescribeRule: events.describeRule,
    ListRules: events.listRules,
    EnableRule: events.enableRule,
    DisableRule: events.disableRule,
    PutTargets: events.putTargets,
    RemoveTargets: events.removeTargets,
    ListTargetsByRule: events.listTargetsByRule,
    ListRuleNamesByTarget: events.listRuleNamesByTarget,
    PutEvents: events.putEvents,
    TestEventPattern: events.testEventPattern,
  });
}
