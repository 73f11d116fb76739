/** What the smoke test will make and cost, before it asks. */
import { OWN_NETWORK, serverUsdPerHour, workerUsdPerHour } from '../../config-schema/prices.ts';
import { WORKER } from './life.ts';
import type { Throwaway } from './throwaway.ts';

/** Set-up and teardown take about five minutes each without a task; the farm runs in between, twice. */
const TASK_HOURS = 0.5;
const SERVER = { cpu: 1024, memoryMiB: 2048 };

export interface Caller {
  account: string;
  arn: string;
}

/** For everybody alike. */
export function whatItMakes(): string {
  const worker = workerUsdPerHour(WORKER, OWN_NETWORK);
  const usd = TASK_HOURS * (serverUsdPerHour(SERVER, OWN_NETWORK) + 2 * worker);
  return `\
  a bucket, a VPC with two public subnets, an ECS cluster, five roles, a Lambda function with its URL, six rules of EventBridge, two log groups,
  six image repositories, with images that it builds with Docker unless it is given others;
  a cluster with one build server and up to two workers on Fargate, which builds integration/examples/hello, scales in beside a build, sleeps,
  and is woken once.
It takes about half an hour and costs about $${usd.toFixed(2)} (list prices of us-east-1).
`;
}

export function announcement({ installation, region, endpoint }: Throwaway, { account, arn }: Caller): string {
  return `This makes installation ${installation} in ${region}${endpoint ? ` at ${endpoint}` : ''}, account ${account}, as ${arn}, and removes it again:
${whatItMakes()}If it is killed: bbf teardown --region=${region} --name=${installation} --delete-data --force

`;
}
