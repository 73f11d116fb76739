/** Security groups and their separate rules, as CloudFormation makes them. */
import { type ResourceProvider, ServiceError } from '../kernel.ts';
import {
  dependencyViolation,
  differs,
  type Ec2Core,
  found,
  newId,
  optionalText,
  type Properties,
  requiredText,
  tagsOf,
} from './records.ts';
import { allTraffic, ruleKey, ruleOf } from './security-rules.ts';
import type { SecurityGroup, SecurityRule } from './state.ts';

const GROUP_FIXED = ['GroupDescription', 'GroupName', 'VpcId'];

export function securityGroupProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::SecurityGroup',
    replacedBy: GROUP_FIXED,
    create(properties, context) {
      const vpc = found(core, 'vpcs', requiredText(properties, 'VpcId'));
      const name = optionalText(properties, 'GroupName') ?? context.generatedName();
      refuseSameName(core, vpc.id, name);
      const group: SecurityGroup = {
        id: newId(world, 'sg'),
        name,
        description: requiredText(properties, 'GroupDescription'),
        vpcId: vpc.id,
        rules: inlineRules(core, properties),
        tags: tagsOf(properties, context.tags),
      };
      state.securityGroups[group.id] = group;
      world.changed('ec2');
      return groupOutcome(group);
    },
    update(id, before, after, context) {
      if (differs(before, after, GROUP_FIXED)) return 'replace';
      const group = found(core, 'securityGroups', id);
      const inlineBefore = new Set(inlineRules(core, before).map(ruleKey));
      const separate = group.rules.filter((rule) => !inlineBefore.has(ruleKey(rule)));
      group.rules = [...inlineRules(core, after), ...separate];
      group.tags = tagsOf(after, context.tags);
      world.changed('ec2');
      return groupOutcome(group);
    },
    delete(id) {
      if (!state.securityGroups[id]) return;
      if (isInUse(core, id)) throw dependencyViolation(`resource ${id} has a dependent object`);
      delete state.securityGroups[id];
      world.changed('ec2');
    },
  };
}

const groupOutcome = (group: SecurityGroup) => ({
  physicalId: group.id,
  attributes: { GroupId: group.id, Id: group.id, VpcId: group.vpcId },
});

function refuseSameName(core: Ec2Core, vpcId: string, name: string): void {
  const twin = Object.values(core.state.securityGroups).find((group) => group.vpcId === vpcId && group.name === name);
  if (!twin) return;
  throw new ServiceError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
}

/** Without egress rules of its own a group lets everything out. */
function inlineRules(core: Ec2Core, properties: Properties): SecurityRule[] {
  const listed = (name: string) => (Array.isArray(properties[name]) ? (properties[name] as Properties[]) : []);
  const ingress = listed('SecurityGroupIngress').map((rule) => ruleOf(core.world, 'ingress', rule));
  const egress = listed('SecurityGroupEgress').map((rule) => ruleOf(core.world, 'egress', rule));
  return [...ingress, ...(egress.length > 0 ? egress : [allTraffic(core.world, 'egress', { cidr: '0.0.0.0/0' })])];
}

function isInUse({ state }: Ec2Core, id: string): boolean {
  const holders = [...Object.values(state.interfaces), ...Object.values(state.endpoints)];
  if (holders.some(({ securityGroupIds }) => securityGroupIds.includes(id))) return true;
  return Object.values(state.securityGroups).some(
    (group) => group.id !== id && group.rules.some(({ groupId }) => groupId === id),
  );
}

export function ruleProvider(core: Ec2Core, direction: SecurityRule['direction']): ResourceProvider {
  const { state, world } = core;
  const groupOfRule = (id: string) =>
    Object.values(state.securityGroups).find((group) => group.rules.some((rule) => rule.id === id));
  const outcome = (id: string) => ({ physicalId: id, attributes: { Id: id } });
  return {
    type: direction === 'ingress' ? 'AWS::EC2::SecurityGroupIngress' : 'AWS::EC2::SecurityGroupEgress',
    create(properties) {
      const group = found(core, 'securityGroups', requiredText(properties, 'GroupId'));
      const rule = ruleOf(world, direction, properties);
      if (rule.groupId !== undefined) found(core, 'securityGroups', rule.groupId);
      if (group.rules.some((other) => ruleKey(other) === ruleKey(rule))) {
        throw new ServiceError('InvalidPermission.Duplicate', 'the specified rule already exists');
      }
      group.rules.push(rule);
      world.changed('ec2');
      return outcome(rule.id);
    },
    update(id, before, after) {
      const { Description: _before, ...fixedBefore } = before;
      const { Description, ...fixedAfter } = after;
      if (differs(fixedBefore, fixedAfter, [...new Set([...Object.keys(fixedBefore), ...Object.keys(fixedAfter)])]))
        return 'replace';
      const rule = groupOfRule(id)?.rules.find((candidate) => candidate.id === id);
      if (rule) rule.description = Description === undefined ? undefined : String(Description);
      world.changed('ec2');
      return outcome(id);
    },
    delete(id) {
      const group = groupOfRule(id);
      if (!group) return;
      group.rules = group.rules.filter((rule) => rule.id !== id);
      world.changed('ec2');
    },
  };
}
