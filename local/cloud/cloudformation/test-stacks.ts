/** A small CloudFormation for tests: virtual time, and one resource type whose every trait a template can set. */
import type { ResourceProvider, ServiceEvent, World } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createCloudFormation } from './cloudformation.ts';
import type { BeforeResource } from './engine.ts';
import type { CloudFormationState } from './state.ts';

/** What stands in the outside world, by physical id. */
type Things = Map<string, { properties: Record<string, unknown>; tags: Record<string, string> }>;

/**
 * `Test::Thing`: `Fixed` replaces when it changes, `Fail` fails creation and update with its text, `Slow` takes that many
 * milliseconds to become stable.
 */
function thingProvider(world: World, things: Things, made: { count: number }): ResourceProvider {
  const readyAt = new Map<string, number>();
  const attributes = (id: string, properties: Record<string, unknown>) => ({
    Arn: `arn:${id}`,
    Value: String(properties.Value ?? ''),
    Nested: { Inner: 'deep' },
  });
  const put = (id: string, properties: Record<string, unknown>, tags: Record<string, string>) => {
    if (properties.Fail) throw new Error(String(properties.Fail));
    things.set(id, { properties, tags });
    readyAt.set(id, world.now() + Number(properties.Slow ?? 0));
    return { physicalId: id, attributes: attributes(id, properties) };
  };
  return {
    type: 'Test::Thing',
    replacedBy: ['Fixed'],
    create: (properties, context) => put(`thing-${++made.count}`, properties, context.tags),
    update(id, before, after, context) {
      if (before.Fixed !== after.Fixed) return 'replace';
      if (!things.has(id)) throw new Error(`${id} is not there`);
      return put(id, after, context.tags);
    },
    delete: (id) => void things.delete(id),
    stability: (id) => ({ state: world.now() >= (readyAt.get(id) ?? 0) ? 'stable' : 'pending' }),
  };
}

interface TestStacksOptions {
  beforeResource?: BeforeResource;
}

export function createTestStacks(options: TestStacksOptions = {}) {
  const world = createVirtualWorld();
  const things: Things = new Map();
  const events: ServiceEvent[] = [];
  const providers = [
    thingProvider(world, things, { count: 0 }),
    { ...thingProvider(world, things, { count: 100 }), type: 'AWS::IAM::Role' },
  ];
  const start = (saved?: CloudFormationState) =>
    createCloudFormation({
      world,
      emit: (event) => void events.push(event),
      providers,
      timing: { phaseMs: 10, resourceMs: 10, pollMs: 10, retryMs: 100 },
      ...options,
      saved,
    });
  const cfn = start();
  const status = (name: string) => cfn.describeStacks({ StackName: name }).Stacks[0]?.StackStatus;
  return {
    world,
    things,
    events,
    cfn,
    start,
    status,
    /** Runs until the stack rests. */
    settle(name: string): string | undefined {
      world.runUntil(() => !status(name)?.endsWith('_IN_PROGRESS'), 60_000);
      return status(name);
    },
    /** Statuses that the stack itself went through, oldest first. */
    passed: (name: string) =>
      cfn
        .describeStackEvents({ StackName: name })
        .StackEvents.filter((event) => event.ResourceType === 'AWS::CloudFormation::Stack')
        .map((event) => event.ResourceStatus)
        .reverse(),
    /** Values of all things, in order of making. */
    values: () => [...things.values()].map(({ properties }) => properties.Value),
  };
}

export const thing = (Properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  Type: 'Test::Thing',
  Properties,
  ...more,
});

export const template = (Resources: Record<string, unknown>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ Resources, ...more });
