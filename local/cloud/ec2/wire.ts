/** EC2's codec: the Query protocol in EC2's own flat variant. */
import type { WireHandler } from '../kernel.ts';
import { type QueryOperation, queryProtocol } from '../wire/query.ts';
import type { QueryInput } from '../wire/query-input.ts';
import type { XmlValue } from '../wire/xml.ts';
import type { Ec2 } from './ec2.ts';
import type { Filter } from './filters.ts';

const XMLNS = 'http://ec2.amazonaws.com/doc/2016-11-15/';

export function createEc2Wire(ec2: Ec2): WireHandler {
  const describing = (
    idMember: string,
    run: (input: { ids: string[]; filters: Filter[] }) => unknown,
  ): QueryOperation => {
    return (input) => run({ ids: listOf(input[idMember]), filters: filtersOf(input) }) as XmlValue;
  };
  return queryProtocol(
    XMLNS,
    {
      DescribeVpcs: describing('VpcId', ec2.describeVpcs),
      DescribeSubnets: describing('SubnetId', ec2.describeSubnets),
      DescribeSecurityGroups: describing('GroupId', ec2.describeSecurityGroups),
      DescribeRouteTables: describing('RouteTableId', ec2.describeRouteTables),
      DescribeNetworkInterfaces: describing('NetworkInterfaceId', ec2.describeNetworkInterfaces),
      DescribeAvailabilityZones: describing('ZoneName', ec2.describeAvailabilityZones),
    },
    { style: 'ec2' },
  );
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const filtersOf = (input: QueryInput): Filter[] =>
  (Array.isArray(input.Filter) ? input.Filter : []).map((filter: QueryInput) => ({
    Name: String(filter.Name ?? ''),
    Values: listOf(filter.Value),
  }));
