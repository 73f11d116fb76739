/** A reconciler over the local cloud in this process and in virtual time: real SDK clients, no network, every call counted. */
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Activity, Status } from '../config-schema/documents.ts';
import { activityKey, bundleKey, clusterKey, statusKey } from '../config-schema/keys.ts';
import type { WireRequest } from '../local/cloud/kernel.ts';
import { awsPorts } from '../reconciler/aws/ports.ts';
import { worker } from '../reconciler/core/observation.fixture.ts';
import type { Ports } from '../reconciler/ports.ts';
import { reconcileAll } from '../reconciler/reconcile.ts';
import { foundationTemplate } from '../templates/foundation.ts';
import { foundationStackName, reconcilerFunctionName, roleName } from '../templates/names.ts';
import { sdkClients, startCloud } from './contract/harness.ts';
import { sdkHandler } from './contract/sdk-handler.ts';

const BUCKET = 'bbf-world';
const SETTINGS = {
  installation: 'bbf',
  version: '0.0.0-world',
  defaultEngine: { server: 'server', worker: 'worker' },
  publicAddresses: true,
};
const LIFE_MS = 120_000;

export async function startWorld() {
  const name = reconcilerFunctionName(SETTINGS.installation);
  const cloud = await startCloud({ checkSkew: false, functions: { [name]: async () => undefined } });
  await layFoundation(cloud);
  const calls: string[] = [];
  const requests: WireRequest[] = [];
  const counted = sdkHandler({
    handle: (request) => {
      requests.push(request);
      calls.push(operationOf(request.method, request.path, request.headers, request.body));
      return cloud.cloud.handle(request);
    },
  });
  const clients = sdkClients({ endpoint: cloud.endpoint, credentials: cloud.credentials, requestHandler: counted });
  const log = { info: () => {}, error: () => {} };
  const time = { now: () => cloud.world.now(), wait: (ms: number) => cloud.advance(ms) };
  const stackRoleArn = `arn:aws:iam::000000000000:role/${roleName(SETTINGS.installation, 'stacks', 'us-east-1')}`;
  const ports: Ports = awsPorts(clients, { ...SETTINGS, bucket: BUCKET, stackRoleArn }, time, log);
  let serverStartedAt: number | undefined;
  const put = async (key: string, document: object) => {
    await cloud.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(document) }));
  };
  return {
    ...cloud,
    ports,
    bucket: BUCKET,
    /** Everything that the reconciler asked for, oldest first. */
    requests,
    writeCluster: (spec: object) =>
      put(clusterKey('main'), { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }),
    /** What a farm with so many workers would report now. */
    report(workers: number) {
      serverStartedAt ??= cloud.world.now();
      return put(activityKey('main'), activity(cloud.world.now(), serverStartedAt, workers));
    },
    /** One invocation by a schedule; with a single look, unless it may stay. Answers the calls that it made. */
    async invoke({ stay = false, fastSchedule = false } = {}): Promise<string[]> {
      calls.length = 0;
      const deadline = cloud.world.now() + (stay ? LIFE_MS : 0);
      await reconcileAll(ports, SETTINGS, { id: 'world', deadline, lifeMs: LIFE_MS }, fastSchedule ? 'fast' : null);
      return [...calls];
    },
    async status(): Promise<Status> {
      const document = await ports.documents.read(statusKey('main'));
      return JSON.parse(document?.text ?? '{}') as Status;
    },
  };
}

async function layFoundation({ s3, cfn, advance }: Awaited<ReturnType<typeof startCloud>>): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: bundleKey('0'), Body: EMPTY_ZIP }));
  const parameters = {
    Bucket: BUCKET,
    BundleKey: bundleKey('0'),
    Version: '0',
    ServerImage: 'server',
    WorkerImage: 'worker',
  };
  await cfn.send(
    new CreateStackCommand({
      StackName: foundationStackName(SETTINGS.installation),
      TemplateBody: JSON.stringify(foundationTemplate(SETTINGS.installation)),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await advance(10_000);
}

/** The end record alone: a zip without entries (PKWARE's APPNOTE, 4.3.16). */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);

function activity(now: number, serverStartedAt: number, workers: number): Activity {
  const at = new Date(now).toISOString();
  const startedAt = new Date(serverStartedAt).toISOString();
  return {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: at,
    server: { taskId: 't', endpoint: '127.0.0.9:8980', startedAt },
    queued: 0,
    running: 0,
    // Long ago: what keeps such a cluster awake is never its farm.
    idleSince: new Date(0).toISOString(),
    pools: {},
    workers: Array.from({ length: workers }, (_, i) => worker(`w${i}`)),
  };
}

/** The API's name of a request, as far as the reconciler's own calls need it. */
function operationOf(method: string, path: string, headers: Record<string, string>, body: Uint8Array): string {
  const target = headers['x-amz-target'];
  if (target) return target.split('.')[1] ?? target;
  const action = new URLSearchParams(Buffer.from(body).toString('utf8')).get('Action');
  if (action && method === 'POST') return action;
  const isBucket = path.split('/').filter(Boolean).length < 2;
  return method === 'GET' && isBucket ? 'ListObjectsV2' : `${method[0]}${method.slice(1).toLowerCase()}Object`;
}
