/** AWS::Logs::LogGroup, as CloudFormation makes it. */
import type { ResourceProvider } from '../kernel.ts';
import { createLogGroup, groupArn, type LogsCore } from './groups.ts';

type Properties = Record<string, unknown>;

export function logGroupProvider(core: LogsCore): ResourceProvider {
  const outcome = (name: string) => ({ physicalId: name, attributes: { Arn: groupArn(core.world, name) } });
  return {
    type: 'AWS::Logs::LogGroup',
    replacedBy: ['LogGroupName'],
    create(properties, context) {
      const group = createLogGroup(core, {
        logGroupName: String(properties.LogGroupName ?? context.generatedName()),
        ...settings(properties, context.tags),
      });
      return outcome(group.name);
    },
    existing: ({ LogGroupName: name }) =>
      typeof name === 'string' && Object.hasOwn(core.state.groups, name) ? name : undefined,
    update(name, before, after, context) {
      if (before.LogGroupName !== after.LogGroupName) return 'replace';
      const group = core.state.groups[name];
      if (!group) throw new Error(`Log group ${name} does not exist any more.`);
      Object.assign(group, settings(after, context.tags));
      core.world.changed('logs');
      return outcome(name);
    },
    delete(name) {
      delete core.state.groups[name];
      core.world.changed('logs');
    },
  };
}

function settings(properties: Properties, stackTags: Record<string, string>) {
  const own = Array.isArray(properties.Tags) ? (properties.Tags as { Key?: unknown; Value?: unknown }[]) : [];
  const days = properties.RetentionInDays;
  return {
    retentionInDays: days === undefined ? undefined : Number(days),
    tags: { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [String(Key), String(Value ?? '')])) },
  };
}
