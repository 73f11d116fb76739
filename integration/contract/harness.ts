/** A local cloud for tests, with clients of the AWS SDK that have its keys: in this process and virtual time, or on a port. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { type Cloud, type CloudOptions, createCloud } from '../../local/cloud/cloud.ts';
import { createMemoryRuntime } from '../../local/cloud/ecs/memory-runtime.ts';
import { openFront } from '../../local/cloud/front.ts';
import type { World } from '../../local/cloud/kernel.ts';
import { createInProcessRuntime, type InProcessFunction } from '../../local/cloud/lambda/in-process-runtime.ts';
import { createRealWorld } from '../../local/cloud/real-world.ts';
import { createMemoryBlobs } from '../../local/cloud/s3/state.ts';
import { createVirtualWorld } from '../../local/cloud/virtual-world.ts';
import { sdkHandler } from './sdk-handler.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export type StartOptions = Partial<Omit<CloudOptions, 'world' | 'functions' | 'tasks'>> & {
  seed?: number;
  /** Lambda functions by name, in place of what their zips hold. */
  functions?: Record<string, InProcessFunction>;
};

export type TestCloud = Awaited<ReturnType<typeof startCloud>>;

/** In this process and in virtual time: nothing happens later than at once unless `advance` is called. */
export async function startCloud({ seed = 1, functions = {}, ...options }: StartOptions = {}) {
  const world = createVirtualWorld({ seed });
  const endpoint = options.endpoint ?? 'http://127.0.0.1:4599';
  const made = makeCloud(world, endpoint, functions, options);
  const handler = sdkHandler(made.cloud);
  const clients: SdkClients[] = [];
  const clientsFor = (credentials: Credentials) => {
    const client = sdkClients({ endpoint, credentials, requestHandler: handler });
    clients.push(client);
    setClocks([client], world);
    return client;
  };
  const credentials = made.cloud.services.iam.localCredentials();
  return {
    ...made,
    world,
    endpoint,
    credentials,
    ...clientsFor(credentials),
    /** Clients with other keys. */
    clientsFor,
    /** Lets virtual time pass, timers and pending promises included, and sets the clients' clocks. */
    async advance(ms: number) {
      await world.elapse(ms);
      setClocks(clients, world);
    },
    async stop() {},
  };
}

/** On a port of the loopback interface and in real time, for programs that are not of this process. */
export async function startCloudOnPort({ functions = {}, ...options }: StartOptions = {}) {
  const world = createRealWorld({ region: 'us-east-1', account: '000000000000', changed: () => {}, failed: rethrow });
  let cloud: Cloud | undefined;
  const front = await openFront({ port: 0, handle: (request) => (cloud as Cloud).handle(request) });
  const endpoint = `http://127.0.0.1:${front.port}`;
  const made = makeCloud(world, endpoint, functions, options);
  cloud = made.cloud;
  const credentials = cloud.services.iam.localCredentials();
  return {
    ...made,
    endpoint,
    credentials,
    ...sdkClients({ endpoint, credentials }),
    async stop() {
      world.stop();
      await front.close();
    },
  };
}

function makeCloud(
  world: World,
  endpoint: string,
  functions: Record<string, InProcessFunction>,
  options: StartOptions,
) {
  const blobs = options.blobs ?? createMemoryBlobs();
  const tasks = createMemoryRuntime();
  const runtime = createInProcessRuntime(world, functions);
  const unexpected = (error: unknown) => console.error(error);
  const { seed: _, ...rest } = options;
  const cloud = createCloud({ unexpected, ...rest, world, blobs, tasks, functions: runtime, endpoint });
  cloud.resume();
  return { cloud, blobs, tasks };
}

interface SdkPlace {
  endpoint: string;
  credentials: Credentials;
  /** Default: the SDK's own, over HTTP. */
  requestHandler?: object;
  /** Default: the cloud's, us-east-1. */
  region?: string;
}

export type SdkClients = ReturnType<typeof sdkClients>;

export function sdkClients(where: SdkPlace) {
  const config = { region: 'us-east-1', maxAttempts: 1, ...where };
  return {
    s3: new S3Client(config),
    sts: new STSClient(config),
    iam: new IAMClient(config),
    ecs: new ECSClient(config),
    cfn: new CloudFormationClient(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    tagging: new ResourceGroupsTaggingAPIClient(config),
  };
}

/** The SDK signs with the machine's clock plus an offset. */
function setClocks(clients: SdkClients[], world: World): void {
  for (const client of clients.flatMap((one) => Object.values(one))) {
    (client.config as { systemClockOffset: number }).systemClockOffset = world.now() - Date.now();
  }
}

function rethrow(_: string, error: unknown): never {
  throw error;
}
