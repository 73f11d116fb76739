/** Every port of the reconciler bound to clients of the AWS SDK, which are made once, when the function starts. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { ecsClusterName, fastScheduleRuleName } from '../../templates/names.ts';
import type { Log, Ports, Time } from '../ports.ts';
import type { FunctionSettings } from '../settings.ts';
import { s3Documents } from './documents.ts';
import { eventBridgeSchedule } from './schedule.ts';
import { ecsServices } from './services.ts';
import { cloudFormationStacks } from './stacks.ts';

export interface AwsClients {
  s3: S3Client;
  ecs: ECSClient;
  cfn: CloudFormationClient;
  events: EventBridgeClient;
}

/** How long one request may take before the SDK tries again; its default is for ever. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 3_000;
/** Of what may change stacks or counts the second try is the last: it must not arrive when nobody reckons with it any more (core/attempts.ts). A look that fails is made again by the next pass. */
const ATTEMPTS = 2;

export function awsClients(region: string, requestTimeoutMs = REQUEST_TIMEOUT_MS): AwsClients {
  const requestHandler = {
    requestTimeout: requestTimeoutMs,
    // Without it the SDK only warns, and a connection that died while Lambda was frozen holds the pass and its lock until both are killed.
    throwOnRequestTimeout: true,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
  };
  const config = { region, requestHandler };
  const twice = { ...config, maxAttempts: ATTEMPTS };
  return {
    s3: new S3Client(config),
    ecs: new ECSClient(twice),
    cfn: new CloudFormationClient(twice),
    events: new EventBridgeClient(config),
  };
}

type PortSettings = Pick<FunctionSettings, 'bucket' | 'installation' | 'stackRoleArn'>;

export function awsPorts({ s3, ecs, cfn, events }: AwsClients, settings: PortSettings, time: Time, log: Log): Ports {
  return {
    documents: s3Documents(s3, settings.bucket, time),
    services: ecsServices(ecs, ecsClusterName(settings.installation), time.now),
    stacks: cloudFormationStacks(cfn, settings.stackRoleArn),
    schedule: eventBridgeSchedule(events, fastScheduleRuleName(settings.installation), time),
    time,
    log,
  };
}
