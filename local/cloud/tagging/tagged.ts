/** Everything of the local cloud that can carry tags, by ARN: what the Resource Groups Tagging API looks through. */
import type { World } from '../kernel.ts';
import type { Services } from '../services.ts';

export interface Tagged {
  arn: string;
  tags: Record<string, string>;
}

/** The services of which it asks; IAM roles are none of them (API reference, "Services that support the Resource Groups Tagging API"). */
export type TaggedServices = Pick<
  Services,
  's3' | 'events' | 'lambda' | 'ecs' | 'cloudformation' | 'ec2' | 'ecr' | 'logs'
>;

export function taggedResources(services: TaggedServices, { region, account }: World): Tagged[] {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const { events, lambda, ecr, logs, s3 } = services;
  return [
    ...stacks(services),
    ...Object.values(s3.state.buckets).map(({ name, settings }) => ({
      arn: `arn:aws:s3:::${name}`,
      tags: settings.tags ?? {},
    })),
    ...Object.values(lambda.state.functions).map(({ arn, tags }) => ({ arn, tags })),
    ...Object.values(events.state.rules).map(({ arn, tags }) => ({ arn, tags })),
    ...Object.values(logs.state.groups).map(({ name, tags }) => ({ arn: arn('logs', `log-group:${name}`), tags })),
    ...Object.values(ecr.state.repositories).map(({ name, tags }) => ({ arn: arn('ecr', `repository/${name}`), tags })),
    ...ecsResources(services),
    ...networkResources(services, (resource) => arn('ec2', resource)),
  ];
}

const stacks = ({ cloudformation }: TaggedServices): Tagged[] =>
  Object.values(cloudformation.state.stacks)
    .filter(({ status }) => status !== 'DELETE_COMPLETE')
    .map(({ id, blueprint }) => ({ arn: id, tags: blueprint.tags }));

/** Deregistered task definitions are still there; what is being deleted, inactive or stopped is not. */
function ecsResources({ ecs: { state } }: TaggedServices): Tagged[] {
  const living = [
    ...Object.values(state.clusters).filter(({ status }) => status === 'ACTIVE'),
    ...Object.values(state.services).filter(({ status }) => status !== 'INACTIVE'),
    ...Object.values(state.tasks).filter(({ lastStatus }) => lastStatus !== 'STOPPED'),
    ...Object.values(state.families)
      .flat()
      .filter(({ status }) => status !== 'DELETE_IN_PROGRESS'),
  ];
  return living.map(({ arn, tags }) => ({ arn, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) }));
}

function networkResources({ ec2: { state } }: TaggedServices, arn: (resource: string) => string): Tagged[] {
  const kinds = {
    vpc: state.vpcs,
    subnet: state.subnets,
    'internet-gateway': state.gateways,
    'route-table': state.routeTables,
    'security-group': state.securityGroups,
    'vpc-endpoint': state.endpoints,
  };
  return Object.entries(kinds).flatMap(([kind, records]) =>
    Object.values(records).map(({ id, tags }) => ({ arn: arn(`${kind}/${id}`), tags })),
  );
}
