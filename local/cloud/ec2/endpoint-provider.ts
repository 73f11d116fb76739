/** VPC endpoints, as CloudFormation makes them: records only, nothing is routed through them. */
import type { ResourceProvider } from '../kernel.ts';
import { differs, type Ec2Core, found, newId, type Properties, requiredText, tagsOf, texts } from './records.ts';
import type { VpcEndpoint } from './state.ts';

const FIXED = ['VpcId', 'ServiceName', 'VpcEndpointType'];

export function endpointProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::VPCEndpoint',
    replacedBy: FIXED,
    create(properties, context) {
      const endpoint: VpcEndpoint = {
        id: newId(world, 'vpce'),
        vpcId: found(core, 'vpcs', requiredText(properties, 'VpcId')).id,
        serviceName: requiredText(properties, 'ServiceName'),
        type: String(properties.VpcEndpointType ?? 'Gateway'),
        ...attachments(core, properties),
        createdAt: world.now(),
        tags: tagsOf(properties, context.tags),
      };
      state.endpoints[endpoint.id] = endpoint;
      world.changed('ec2');
      return outcome(endpoint);
    },
    update(id, before, after, context) {
      if (differs(before, after, FIXED)) return 'replace';
      const endpoint = found(core, 'endpoints', id);
      Object.assign(endpoint, attachments(core, after), { tags: tagsOf(after, context.tags) });
      world.changed('ec2');
      return outcome(endpoint);
    },
    delete(id) {
      delete state.endpoints[id];
      world.changed('ec2');
    },
  };
}

const attachments = (core: Ec2Core, properties: Properties) => ({
  routeTableIds: texts(properties.RouteTableIds).map((id) => found(core, 'routeTables', id).id),
  subnetIds: texts(properties.SubnetIds).map((id) => found(core, 'subnets', id).id),
  securityGroupIds: texts(properties.SecurityGroupIds).map((id) => found(core, 'securityGroups', id).id),
});

const outcome = (endpoint: VpcEndpoint) => ({
  physicalId: endpoint.id,
  attributes: {
    Id: endpoint.id,
    CreationTimestamp: new Date(endpoint.createdAt).toISOString(),
    DnsEntries: [],
    NetworkInterfaceIds: [],
  },
});
