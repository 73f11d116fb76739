/** Internet gateways, route tables and what ties them together, as CloudFormation makes them. */
import { type ResourceProvider, ServiceError } from '../kernel.ts';
import {
  dependencyViolation,
  differs,
  type Ec2Core,
  found,
  newId,
  optionalText,
  type Properties,
  parameterError,
  requiredText,
  tagsOf,
} from './records.ts';

export function internetGatewayProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  const outcome = (id: string) => ({ physicalId: id, attributes: { InternetGatewayId: id } });
  return {
    type: 'AWS::EC2::InternetGateway',
    replacedBy: [],
    create(properties, context) {
      const id = newId(world, 'igw');
      state.gateways[id] = { id, vpcId: undefined, tags: tagsOf(properties, context.tags) };
      world.changed('ec2');
      return outcome(id);
    },
    update(id, _before, after, context) {
      found(core, 'gateways', id).tags = tagsOf(after, context.tags);
      world.changed('ec2');
      return outcome(id);
    },
    delete(id) {
      if (state.gateways[id]?.vpcId !== undefined) {
        throw dependencyViolation(`The internetGateway '${id}' has dependencies and cannot be deleted.`);
      }
      delete state.gateways[id];
      world.changed('ec2');
    },
  };
}

export function gatewayAttachmentProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::VPCGatewayAttachment',
    replacedBy: ['VpcId'],
    create(properties) {
      const vpc = found(core, 'vpcs', requiredText(properties, 'VpcId'));
      const gateway = found(core, 'gateways', requiredText(properties, 'InternetGatewayId'));
      if (gateway.vpcId !== undefined) {
        throw new ServiceError(
          'Resource.AlreadyAssociated',
          `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
        );
      }
      gateway.vpcId = vpc.id;
      world.changed('ec2');
      return { physicalId: `IGW|${vpc.id}`, attributes: { AttachmentType: 'IGW' } };
    },
    update(id, before, after) {
      if (differs(before, after, ['VpcId', 'InternetGatewayId'])) return 'replace';
      return { physicalId: id, attributes: { AttachmentType: 'IGW' } };
    },
    delete(_id, properties) {
      const gateway = state.gateways[optionalText(properties, 'InternetGatewayId') ?? ''];
      if (gateway) gateway.vpcId = undefined;
      world.changed('ec2');
    },
  };
}

export function routeTableProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  const outcome = (id: string) => ({ physicalId: id, attributes: { RouteTableId: id } });
  return {
    type: 'AWS::EC2::RouteTable',
    replacedBy: ['VpcId'],
    create(properties, context) {
      const vpc = found(core, 'vpcs', requiredText(properties, 'VpcId'));
      const id = newId(world, 'rtb');
      const routes = [{ destination: vpc.cidrBlock, target: 'local' }];
      state.routeTables[id] = {
        id,
        vpcId: vpc.id,
        main: false,
        routes,
        associations: {},
        tags: tagsOf(properties, context.tags),
      };
      world.changed('ec2');
      return outcome(id);
    },
    update(id, before, after, context) {
      if (differs(before, after, ['VpcId'])) return 'replace';
      found(core, 'routeTables', id).tags = tagsOf(after, context.tags);
      world.changed('ec2');
      return outcome(id);
    },
    delete(id) {
      if (Object.keys(state.routeTables[id]?.associations ?? {}).length > 0) {
        throw dependencyViolation(`The routeTable '${id}' has dependencies and cannot be deleted.`);
      }
      delete state.routeTables[id];
      world.changed('ec2');
    },
  };
}

const ROUTE_FIXED = ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock'];
const TARGETS = ['GatewayId', 'NatGatewayId', 'NetworkInterfaceId', 'TransitGatewayId', 'VpcEndpointId', 'InstanceId'];

export function routeProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::Route',
    replacedBy: ROUTE_FIXED,
    create(properties) {
      const table = found(core, 'routeTables', requiredText(properties, 'RouteTableId'));
      const destination = destinationOf(properties);
      if (table.routes.some((route) => route.destination === destination)) {
        throw new ServiceError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
      }
      table.routes.push({ destination, target: routeTarget(core, table.vpcId, table.id, properties) });
      world.changed('ec2');
      return routeOutcome(table.id, destination);
    },
    update(_id, before, after) {
      if (differs(before, after, ROUTE_FIXED)) return 'replace';
      const table = found(core, 'routeTables', requiredText(after, 'RouteTableId'));
      const destination = destinationOf(after);
      const route = table.routes.find((candidate) => candidate.destination === destination);
      if (route) route.target = routeTarget(core, table.vpcId, table.id, after);
      world.changed('ec2');
      return routeOutcome(table.id, destination);
    },
    delete(id) {
      const [tableId = '', destination] = id.split('|');
      const table = state.routeTables[tableId];
      if (!table) return;
      table.routes = table.routes.filter((route) => route.destination !== destination);
      world.changed('ec2');
    },
  };
}

const routeOutcome = (tableId: string, destination: string) => ({
  physicalId: `${tableId}|${destination}`,
  attributes: { CidrBlock: destination },
});

const destinationOf = (properties: Properties): string =>
  optionalText(properties, 'DestinationIpv6CidrBlock') ?? requiredText(properties, 'DestinationCidrBlock');

function routeTarget(core: Ec2Core, vpcId: string, tableId: string, properties: Properties): string {
  const target = TARGETS.map((name) => optionalText(properties, name)).find((value) => value !== undefined);
  if (target === undefined) throw parameterError('A route needs a target.');
  if (target.startsWith('igw-') && found(core, 'gateways', target).vpcId !== vpcId) {
    throw parameterError(`route table ${tableId} and network gateway ${target} belong to different networks`);
  }
  return target;
}

export function routeTableAssociationProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  const outcome = (id: string) => ({ physicalId: id, attributes: { Id: id } });
  return {
    type: 'AWS::EC2::SubnetRouteTableAssociation',
    replacedBy: ['SubnetId'],
    create(properties) {
      const subnet = found(core, 'subnets', requiredText(properties, 'SubnetId'));
      const table = found(core, 'routeTables', requiredText(properties, 'RouteTableId'));
      const isTaken = Object.values(state.routeTables).some((other) =>
        Object.values(other.associations).includes(subnet.id),
      );
      if (isTaken)
        throw new ServiceError(
          'Resource.AlreadyAssociated',
          `the specified association for route table ${table.id} conflicts with an existing association`,
        );
      const id = newId(world, 'rtbassoc');
      table.associations[id] = subnet.id;
      world.changed('ec2');
      return outcome(id);
    },
    update(id, before, after) {
      if (differs(before, after, ['SubnetId'])) return 'replace';
      const table = found(core, 'routeTables', requiredText(after, 'RouteTableId'));
      for (const other of Object.values(state.routeTables)) delete other.associations[id];
      table.associations[id] = requiredText(after, 'SubnetId');
      world.changed('ec2');
      return outcome(id);
    },
    delete(id) {
      for (const table of Object.values(state.routeTables)) delete table.associations[id];
      world.changed('ec2');
    },
  };
}
