/** What a target receives: the event, a part of it, or a text made of it (EventBridge user guide, "Input transformation"). */
import type { Target } from '@aws-sdk/client-eventbridge';
import type { EventEnvelope, Rule } from './state.ts';

/** The payload as JSON text. */
export function targetInput(target: Target, event: EventEnvelope, rule: Rule): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate = '' } = target.InputTransformer;
  const paths = Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(event, path)] as const);
  return fillTemplate(InputTemplate, new Map<string, unknown>([...paths, ...reserved(event, rule)]));
}

function reserved(event: EventEnvelope, rule: Rule): [string, unknown][] {
  const { detail, ...withoutDetail } = event;
  return [
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
  ];
}

/** The value at a path such as `$.detail.containers[0].name`; undefined where the event has none. */
function valueAt(event: unknown, path: string): unknown {
  const steps = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  return steps.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as Record<string, unknown>)[step];
  }, event);
}

/** Inside a JSON string a placeholder becomes bare text, outside it becomes JSON. An unknown or absent one becomes empty. */
function fillTemplate(template: string, values: Map<string, unknown>): string {
  const token = /"|\\.|<([\w.-]+)>/gs;
  let quoted = false;
  return template.replace(token, (found, name?: string) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined) return found;
    const value = values.get(name);
    if (quoted) return typeof value === 'string' ? escaped(value) : escaped(JSON.stringify(value) ?? '');
    return JSON.stringify(value) ?? '""';
  });
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
