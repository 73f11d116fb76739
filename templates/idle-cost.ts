/** What an installation costs while nobody builds: a price for every resource type that a template names, and what the reconciler's rest takes. */
import { OLD_VERSION_DAYS } from '../config-schema/keys.ts';
import type { Resource, Template, Value } from './cloudformation.ts';

/** Of us-east-1, in US dollars, November 2026; docs/costs.md names the pages. Free allowances are left out. */
export const PRICES = {
  lambdaPerMillionRequests: 0.2,
  /** ARM; x86 is a quarter more. */
  lambdaPerGibSecond: 0.0000133334,
  s3PerThousandWritesOrLists: 0.005,
  s3PerGbMonth: 0.023,
  logsPerGb: 0.5,
  ecrPerGbMonth: 0.1,
  interfaceEndpointPerMonth: 7.3,
} as const;

/** AWS's own month in price examples. */
const HOURS_PER_MONTH = 730;
const BYTES_PER_GB = 1e9;

/** One pass over clusters at rest. Measured on the local cloud (npm run bench) and rounded up: a cold start is in it. */
const PASS = {
  seconds: 0.6,
  /** ListObjectsV2 of the documents. */
  lists: 1,
  /** Status as a sign of life, for one cluster. */
  writes: 1,
  logBytes: 2_000,
  statusBytes: 4_000,
} as const;
const DAYS_PER_MONTH = 30.4;

/** undefined: of a resource that is set up so, nobody has looked it up. */
type Price = (resource: Resource) => number | undefined;
const free: Price = () => 0;

/** US dollars a month of one resource that nobody uses. A type that is not here has not been looked up: no template may name it. */
const PRICE_OF_TYPE: Record<string, Price> = {
  // By what is in it, counted below.
  'AWS::ECR::Repository': free,
  'AWS::EC2::InternetGateway': free,
  'AWS::EC2::Route': free,
  'AWS::EC2::RouteTable': free,
  'AWS::EC2::SecurityGroup': free,
  'AWS::EC2::SecurityGroupIngress': free,
  'AWS::EC2::Subnet': free,
  'AWS::EC2::SubnetRouteTableAssociation': free,
  'AWS::EC2::VPC': free,
  // Gateway endpoints are free; the other kinds bill by the hour and zone.
  'AWS::EC2::VPCEndpoint': ({ Properties }) =>
    Properties?.VpcEndpointType === 'Gateway' ? 0 : PRICES.interfaceEndpointPerMonth,
  'AWS::EC2::VPCGatewayAttachment': free,
  // Container Insights bills each metric; where the template says nothing of it, the account's default holds.
  'AWS::ECS::Cluster': ({ Properties }) => (insightsOf(Properties) === 'disabled' ? 0 : undefined),
  'AWS::ECS::ClusterCapacityProviderAssociations': free,
  // At rest its count is zero; tasks are what bills.
  'AWS::ECS::Service': free,
  'AWS::ECS::TaskDefinition': free,
  'AWS::Events::Rule': free,
  'AWS::IAM::Role': free,
  'AWS::Lambda::EventInvokeConfig': free,
  // By request and second, counted below.
  'AWS::Lambda::Function': free,
  'AWS::Lambda::Permission': free,
  'AWS::Lambda::Url': free,
  // By what is written, counted below.
  'AWS::Logs::LogGroup': free,
};

function insightsOf(properties: Resource['Properties']): Value | undefined {
  const settings = (properties?.ClusterSettings ?? []) as { Name: string; Value: Value }[];
  return settings.find(({ Name }) => Name === 'containerInsights')?.Value;
}

export interface CostLine {
  what: string;
  quantity: string;
  usdPerMonth: number;
}

/** @throws RangeError for a resource without a price */
export function fixedCosts(template: Template): CostLine[] {
  const byType = new Map<string, Resource[]>();
  for (const resource of Object.values(template.Resources))
    byType.set(resource.Type, [...(byType.get(resource.Type) ?? []), resource]);
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, resources]) => {
      const usdPerMonth = resources.reduce((sum, resource) => sum + priceOf(resource), 0);
      return { what, quantity: String(resources.length), usdPerMonth };
    });
}

function priceOf(resource: Resource): number {
  const price = PRICE_OF_TYPE[resource.Type]?.(resource);
  if (price === undefined)
    throw new RangeError(`${resource.Type} has no price in the table of costs at rest, or none as it is set up`);
  return price;
}

/** What the schedules that are on from the start make the reconciler use, for one cluster at rest. */
export function restingCosts(foundation: Template): CostLine[] {
  const passes = passesPerMonth(foundation);
  const gib = memoryGibOf(foundation);
  const gbOfVersions = (passes * PASS.statusBytes * (OLD_VERSION_DAYS / DAYS_PER_MONTH)) / BYTES_PER_GB;
  const perThousand = (count: number, price: number) => (count / 1_000) * price;
  return [
    line('Lambda requests', `${passes} passes`, (passes / 1e6) * PRICES.lambdaPerMillionRequests),
    line('Lambda time', `${gib} GiB, ${PASS.seconds} s each`, passes * PASS.seconds * gib * PRICES.lambdaPerGibSecond),
    line('S3 lists', `${PASS.lists} a pass`, perThousand(passes * PASS.lists, PRICES.s3PerThousandWritesOrLists)),
    line('S3 writes', `${PASS.writes} a pass`, perThousand(passes * PASS.writes, PRICES.s3PerThousandWritesOrLists)),
    line('S3 storage', `versions of ${OLD_VERSION_DAYS} days`, gbOfVersions * PRICES.s3PerGbMonth),
    line('Logs', `${PASS.logBytes} bytes a pass`, ((passes * PASS.logBytes) / BYTES_PER_GB) * PRICES.logsPerGb),
  ];
}

const line = (what: string, quantity: string, usdPerMonth: number): CostLine => ({ what, quantity, usdPerMonth });

/** What a release leaves in the registry: images of server and workers, for two architectures. */
const RELEASE_GB = 2;

export const imagesAtRest = (): CostLine =>
  line('Images', `a release, ${RELEASE_GB} GB`, RELEASE_GB * PRICES.ecrPerGbMonth);

export const totalOf = (lines: readonly CostLine[]): number => lines.reduce((sum, one) => sum + one.usdPerMonth, 0);

function passesPerMonth({ Resources }: Template): number {
  const rates = Object.values(Resources).flatMap(({ Type, Properties }) => {
    const minutes = /^rate\((\d+) minutes?\)$/.exec(String(Properties?.ScheduleExpression ?? ''))?.[1];
    return Type === 'AWS::Events::Rule' && Properties?.State === 'ENABLED' && minutes ? [Number(minutes)] : [];
  });
  return rates.reduce((sum, minutes) => sum + (HOURS_PER_MONTH * 60) / minutes, 0);
}

function memoryGibOf({ Resources }: Template): number {
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return functions.reduce((sum, { Properties }) => sum + Number(Properties?.MemorySize) / 1024, 0);
}
