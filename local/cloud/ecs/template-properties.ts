/** CloudFormation properties → members of the ECS API: other capitals, and text where the API has numbers. */
import type { ResourceContext } from '../kernel.ts';
import type { Tag } from './state.ts';

/** Members whose value is a map with keys of the user's own, which keep their capitals. */
const MAPS = new Set(['options', 'dockerLabels', 'driverOpts', 'labels']);
/** Of the API's type integer. A task's own cpu and memory are text there. */
const INTEGERS = new Set([
  'desiredCount',
  'maximumPercent',
  'minimumHealthyPercent',
  'healthyPercent',
  'weight',
  'base',
  'sizeInGiB',
  'stopTimeout',
  'startTimeout',
  'containerPort',
  'hostPort',
  'interval',
  'timeout',
  'retries',
  'startPeriod',
  'value',
  'softLimit',
  'hardLimit',
  'memoryReservation',
]);
/** Integers only within a container definition. */
const CONTAINER_INTEGERS = new Set(['cpu', 'memory']);

/** CloudFormation hands on parameters as text, so `"2"` and `"true"` stand for a number and a boolean. */
export function apiMembers(properties: Record<string, unknown>): Record<string, unknown> {
  return convertObject(properties, '');
}

function convertObject(value: object, parent: string): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, member]) => {
    const key = apiName(name);
    return [key, convert(member, key, parent)];
  });
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

function convert(value: unknown, key: string, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? convertObject(item, key) : item));
  if (isObject(value)) return MAPS.has(key) ? value : convertObject(value, key);
  // Names and values of environment variables and tags stay text whatever they look like.
  if (key === 'value' && parent !== 'thresholdConfiguration') return String(value);
  const inContainer = parent === 'containerDefinitions';
  if (INTEGERS.has(key) || (inContainer && CONTAINER_INTEGERS.has(key))) return Number(value);
  if ((key === 'cpu' || key === 'memory') && !inContainer) return String(value);
  if (value === 'true') return true;
  if (value === 'false') return false;
  return value;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `EnableECSManagedTags` → `enableECSManagedTags`, `AwsvpcConfiguration` → `awsvpcConfiguration`. */
const apiName = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** The resource's own tags win over those of the stack. */
export function tagsOf(properties: Record<string, unknown>, context: ResourceContext): Tag[] {
  const own = (properties.Tags ?? []) as { Key: string; Value: unknown }[];
  const all = new Map(Object.entries(context.tags));
  for (const { Key, Value } of own) all.set(Key, String(Value));
  return [...all].map(([key, value]) => ({ key, value }));
}
