/** How EC2's parts get at its records: look-ups with EC2's errors, new ids, and properties of templates as typed values. */
import { ServiceError, type World } from '../kernel.ts';
import type { Ec2State, Tags } from './state.ts';

export interface Ec2Core {
  world: World;
  state: Ec2State;
}

/** Code and noun of EC2's "not found" error for each kind of record. */
const NOT_FOUND: Record<keyof Ec2State, [code: string, noun: string]> = {
  vpcs: ['InvalidVpcID.NotFound', 'vpc ID'],
  subnets: ['InvalidSubnetID.NotFound', 'subnet ID'],
  gateways: ['InvalidInternetGatewayID.NotFound', 'internetGateway ID'],
  routeTables: ['InvalidRouteTableID.NotFound', 'routeTable ID'],
  securityGroups: ['InvalidGroup.NotFound', 'security group'],
  endpoints: ['InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'],
  interfaces: ['InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'],
};

export function found<Kind extends keyof Ec2State>(core: Ec2Core, kind: Kind, id: string): Ec2State[Kind][string] {
  const records = core.state[kind] as Record<string, Ec2State[Kind][string]>;
  const record = Object.hasOwn(records, id) ? records[id] : undefined;
  if (record) return record;
  const [code, noun] = NOT_FOUND[kind];
  throw new ServiceError(code, `The ${noun} '${id}' does not exist`);
}

/** `vpc-` and seventeen hexadecimal digits. */
export function newId(world: World, prefix: string): string {
  return `${prefix}-${Array.from({ length: 17 }, () => Math.floor(world.random() * 16).toString(16)).join('')}`;
}

export const dependencyViolation = (message: string) => new ServiceError('DependencyViolation', message);

export const parameterError = (message: string) => new ServiceError('InvalidParameterValue', message);

export type Properties = Record<string, unknown>;

export function requiredText(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
}

export const optionalText = (properties: Properties, name: string): string | undefined =>
  properties[name] === undefined ? undefined : String(properties[name]);

/** Parameters of a stack arrive as text. */
export const truth = (value: unknown): boolean => value === true || value === 'true';

export const optionalNumber = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The stack's tags and the resource's own; the own ones win. */
export function tagsOf(properties: Properties, stackTags: Tags): Tags {
  const own = Array.isArray(properties.Tags) ? (properties.Tags as { Key?: unknown; Value?: unknown }[]) : [];
  return { ...stackTags, ...Object.fromEntries(own.map(({ Key, Value }) => [String(Key), String(Value ?? '')])) };
}

/** Says which of the named properties differ: the ones that EC2 can't change in place. */
export const differs = (before: Properties, after: Properties, names: readonly string[]): boolean =>
  names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
