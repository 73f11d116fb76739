/** Every port of the reconciler bound to the AWS SDK. Clients are made once, when the function starts. */
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

export interface AwsPorts extends Ports {
  ecs: ECSClient;
}

/** How long one request may take before the SDK tries again; the default is for ever. */
const REQUEST_TIMEOUT_MS = 10_000;

export function awsPorts(settings: FunctionSettings, time: Time, log: Log): AwsPorts {
  const config = {
    region: settings.region,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: 3_000 },
  };
  const ecs = new ECSClient(config);
  return {
    documents: s3Documents(new S3Client(config), settings.bucket),
    services: ecsServices(ecs, ecsClusterName(settings.installation), time.now),
    stacks: cloudFormationStacks(new CloudFormationClient(config), settings.stackRoleArn),
    schedule: eventBridgeSchedule(new EventBridgeClient(config), fastScheduleRuleName(settings.installation)),
    time,
    log,
    ecs,
  };
}
