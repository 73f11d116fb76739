/** Rules of security groups, from the shapes that templates write them in. */
import type { World } from '../kernel.ts';
import { newId, optionalNumber, optionalText, type Properties, parameterError } from './records.ts';
import type { SecurityRule } from './state.ts';

/** `-1` is every protocol; the names of templates stand for their numbers in EC2, which answers the names. */
const PROTOCOLS: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' };

export function ruleOf(world: World, direction: SecurityRule['direction'], properties: Properties): SecurityRule {
  const own = direction === 'ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId';
  const lists = direction === 'ingress' ? 'SourcePrefixListId' : 'DestinationPrefixListId';
  const protocol = optionalText(properties, 'IpProtocol');
  if (protocol === undefined) throw parameterError('Invalid value for IpProtocol: a security group rule needs one.');
  const rule: SecurityRule = {
    id: newId(world, 'sgr'),
    direction,
    protocol: PROTOCOLS[protocol] ?? protocol,
    fromPort: optionalNumber(properties.FromPort),
    toPort: optionalNumber(properties.ToPort),
    cidr: optionalText(properties, 'CidrIp') ?? optionalText(properties, 'CidrIpv6'),
    groupId: optionalText(properties, own),
    prefixListId: optionalText(properties, lists),
    description: optionalText(properties, 'Description'),
  };
  if ((rule.cidr ?? rule.groupId ?? rule.prefixListId) !== undefined) return rule;
  throw parameterError('A security group rule needs exactly one of a CIDR block, a security group and a prefix list.');
}

export function allTraffic(
  world: World,
  direction: SecurityRule['direction'],
  peer: { cidr?: string; groupId?: string },
): SecurityRule {
  return {
    id: newId(world, 'sgr'),
    direction,
    protocol: '-1',
    fromPort: undefined,
    toPort: undefined,
    cidr: peer.cidr,
    groupId: peer.groupId,
    prefixListId: undefined,
    description: undefined,
  };
}

/** What makes two rules the same to EC2, which refuses the second. */
export const ruleKey = ({ direction, protocol, fromPort, toPort, cidr, groupId, prefixListId }: SecurityRule): string =>
  JSON.stringify([direction, protocol, fromPort, toPort, cidr, groupId, prefixListId]);
