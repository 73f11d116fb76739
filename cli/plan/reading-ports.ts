/** The reconciler's own ports with the credentials of whoever runs the CLI, for reading. It loads the AWS SDK. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { awsPorts } from '../../reconciler/aws/ports.ts';
import type { Ports } from '../../reconciler/ports.ts';
import { sdkConfig } from '../aws/sdk.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { readOnly } from './read-only.ts';

export function readingPorts({ access, context }: Installation, program: Program): Ports {
  const config = sdkConfig(access);
  const clients = {
    // A bucket's name is part of the host's on AWS alone; one with dots fits no certificate.
    s3: new S3Client({ ...config, forcePathStyle: access.endpoint !== undefined || context.bucket.includes('.') }),
    ecs: new ECSClient(config),
    cfn: new CloudFormationClient(config),
    events: new EventBridgeClient(config),
  };
  const settings = { bucket: context.bucket, installation: context.installation, stackRoleArn: undefined };
  const time = { now: program.now, wait: (ms: number) => program.sleep(ms) };
  const silent = { info: () => {}, error: () => {} };
  return readOnly(awsPorts(clients, settings, time, silent));
}
