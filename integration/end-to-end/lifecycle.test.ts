import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey, clusterPrefix } from '../../config-schema/keys.ts';
import { foundationStackName, poolStackName, serverStackName } from '../../templates/names.ts';
import { expectSuccess, type Installation, startInstallation, until } from '../installation.ts';
import { awsEnvironment, bucketOf, holds, statusOf, untilStatus } from './cluster.ts';
import { cloudProcesses, farmProcesses } from './processes.ts';

/** It takes a fifth of this; the rest is for a kill that hits a pass with the lock in its hand after all. */
const LONG_MS = 240_000;

let installation: Installation;
let cloud: Awaited<ReturnType<typeof clients>>;
beforeAll(async () => {
  installation = await startInstallation();
  cloud = await clients();
  await expectSuccess(installation.bbf(['create', 'main']));
  await expectSuccess(installation.bbf(['want', '--workers=1']));
}, LONG_MS);
afterAll(() => installation?.stop());

/** The cloud through the SDK, so that bbf is not its own witness. */
async function clients() {
  const env = await awsEnvironment(installation);
  const access = {
    region: env.AWS_REGION ?? '',
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' },
  };
  const cloudFormation = new CloudFormationClient(access);
  const s3 = new S3Client(access);
  const { name: Bucket } = await bucketOf(installation);
  return {
    stacks: async () =>
      ((await cloudFormation.send(new DescribeStacksCommand({}))).Stacks ?? []).map((stack) => stack.StackName).sort(),
    buckets: async () => ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map((bucket) => bucket.Name),
    keys: async (Prefix: string) =>
      ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map((object) => object.Key),
  };
}

const ready = (status: Status) => holds(status, 'Ready') && status.pools.default?.registered === 1;
const untilReady = (what: string) => untilStatus(installation, what, ready, LONG_MS);
const untilGone = (prefix: string) =>
  until(`${prefix} is gone`, async () => ((await cloud.keys(prefix)).length === 0 ? true : undefined));
/** The lock of a pass that is killed lasts as long as any pass may live, and what takes away would wait for that. */
const localUp = () => installation.bbf(['local', 'up', `--port=${installation.port}`]);
const foundation = foundationStackName('bbf');
const ofMain = [poolStackName('bbf', 'main', 'default'), serverStackName('bbf', 'main')];

describe('bbf delete', () => {
  it(
    'takes away all that the cluster was, and the name is free again',
    async () => {
      expect(await cloud.stacks()).toEqual([foundation, ...ofMain].sort());
      await expectSuccess(installation.bbf(['delete', 'main', '--yes']));
      expect(await cloud.stacks()).toEqual([foundation]);
      // The status goes before the pass that deletes it gives its lock back.
      await untilGone(clusterPrefix('main'));
      expect([...farmProcesses(installation, 'server'), ...farmProcesses(installation, 'worker')]).toEqual([]);
      const { code, stderr } = await installation.bbf(['status']);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/no cluster/i);

      await expectSuccess(installation.bbf(['create', 'main']));
      await expectSuccess(installation.bbf(['want', '--workers=1']));
      expect(ready(await statusOf(installation))).toBe(true);
      expect(await cloud.keys(clusterKey('main'))).toHaveLength(1);
    },
    LONG_MS,
  );
});

describe('the local cloud', () => {
  it(
    'keeps the cluster while it is down',
    async () => {
      const { acceptedRevision } = await statusOf(installation);
      const config = join(installation.env.XDG_CONFIG_HOME ?? '', 'bbf', 'config.json');
      const { current, contexts } = JSON.parse(readFileSync(config, 'utf8'));
      writeFileSync(config, JSON.stringify({ current, contexts: { local: { ...contexts.local, cluster: 'main' } } }));
      await expectSuccess(installation.bbf(['local', 'down']));
      expect(cloudProcesses(installation)).toEqual([]);
      const downAt = Date.now();
      await expectSuccess(localUp());
      const first = await statusOf(installation);
      expect(Date.parse(first.heartbeatAt), 'what status says is of now').toBeGreaterThan(downAt);
      expect(JSON.parse(readFileSync(config, 'utf8')).contexts.local).toEqual({ ...contexts.local, cluster: 'main' });
      const status = await untilReady('the cluster is back');
      expect(status.acceptedRevision).toBe(acceptedRevision);
      expect(status.problems).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'comes back after SIGKILL, and nothing of before is left',
    async () => {
      const { acceptedRevision } = await statusOf(installation);
      const before = cloudProcesses(installation);
      expect(before.length).toBeGreaterThanOrEqual(2);
      const { stdout } = await expectSuccess(installation.bbf(['local', 'status', '--json']));
      const { pid } = JSON.parse(stdout) as { pid: number };
      process.kill(pid, 'SIGKILL');
      await until('the cloud is gone', async () =>
        (await installation.bbf(['local', 'status'])).code === 0 ? undefined : true,
      );
      await expectSuccess(localUp());
      // The status of before is still there at first, so the processes say when the cluster is back.
      await until('one server and one worker run, and nothing of before', () => {
        const now = cloudProcesses(installation);
        const [servers, workers] = [farmProcesses(installation, 'server'), farmProcesses(installation, 'worker')];
        const isNew = now.every((one) => !before.includes(one));
        return isNew && servers.length === 1 && workers.length === 1 ? true : undefined;
      });
      const status = await untilReady('the cluster is back');
      expect(status.acceptedRevision).toBe(acceptedRevision);
    },
    LONG_MS,
  );
});

describe('bbf teardown', () => {
  it(
    'leaves nothing',
    async () => {
      await expectSuccess(installation.bbf(['teardown', '--yes', '--delete-data']));
      expect(await cloud.stacks()).toEqual([]);
      expect(await cloud.buckets()).toEqual([]);
      expect(farmProcesses(installation, 'server')).toEqual([]);
      expect(farmProcesses(installation, 'worker')).toEqual([]);
    },
    LONG_MS,
  );
});
