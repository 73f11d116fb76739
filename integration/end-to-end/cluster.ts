/** What a test reads of a cluster, through the CLI as a user would. */
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Activity, Status } from '../../config-schema/documents.ts';
import { AUTHORITY_KEY, activityKey, statusKey } from '../../config-schema/keys.ts';
import type { AuthorityDocument } from '../../reconciler/access/authority.ts';
import { expectSuccess, type Installation, until } from '../installation.ts';

export async function statusOf(installation: Installation): Promise<Status> {
  const { stdout } = await expectSuccess(installation.bbf(['status', '--json']));
  return JSON.parse(stdout) as Status;
}

export const holds = (status: Status, type: string) =>
  status.conditions.some((condition) => condition.type === type && condition.status === 'True');

/** Waits by the document itself, as a program for each look keeps a processor busy. @returns what `bbf status` says then */
export async function untilStatus(
  installation: Installation,
  what: string,
  check: (status: Status) => boolean,
  limitMs?: number,
  cluster = 'main',
): Promise<Status> {
  const bucket = await bucketOf(installation);
  const holdsIn = (text: string) => {
    const status = JSON.parse(text) as Status;
    return check(status) ? status : undefined;
  };
  const look = async () => {
    // A cluster that the reconciler has not looked at yet has no status.
    const text = await bucket.read(statusKey(cluster)).catch(() => undefined);
    if (text === undefined || holdsIn(text) === undefined) return undefined;
    const { code, stdout } = await installation.bbf(['status', '--json', `--cluster=${cluster}`]);
    return code === 0 ? holdsIn(stdout) : undefined;
  };
  return until(what, look, limitMs);
}

/** Credentials of the local cloud as environment variables, for the AWS CLI and SDK clients. */
export async function awsEnvironment(installation: Installation): Promise<Record<string, string>> {
  const { stdout } = await expectSuccess(installation.bbf(['local', 'env']));
  const pairs = [...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value?.replace(/^['"]|['"]$/g, ''),
  ]);
  return Object.fromEntries(pairs);
}

interface Bucket {
  name: string;
  read(key: string): Promise<string>;
  write(key: string, text: string): Promise<string>;
  keys(prefix: string): Promise<string[]>;
  remove(key: string): Promise<void>;
  removePolicy(): Promise<void>;
}

const buckets = new WeakMap<Installation, Promise<Bucket>>();

/** The bucket of the current context, through the SDK's own client; whoever asks again and again starts no program for it. */
export function bucketOf(installation: Installation): Promise<Bucket> {
  const bucket = buckets.get(installation) ?? openBucket(installation);
  buckets.set(installation, bucket);
  return bucket;
}

async function openBucket(installation: Installation): Promise<Bucket> {
  const env = await awsEnvironment(installation);
  const s3 = new S3Client({
    region: env.AWS_REGION ?? 'us-east-1',
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' },
  });
  const name = `bbf-000000000000-${env.AWS_REGION}`;
  return {
    name,
    read: async (Key) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: name, Key }));
      return (await answer.Body?.transformToString()) ?? '';
    },
    keys: async (Prefix) => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    removePolicy: async () => void (await s3.send(new DeleteBucketPolicyCommand({ Bucket: name }))),
    remove: async (Key) => void (await s3.send(new DeleteObjectCommand({ Bucket: name, Key }))),
    write: async (Key, Body) => (await s3.send(new PutObjectCommand({ Bucket: name, Key, Body }))).VersionId ?? '',
  };
}

/** As nobody but the reconciler may, until somebody who may change the bucket's policy does so. */
export async function stolenAuthority(installation: Installation): Promise<AuthorityDocument> {
  const bucket = await bucketOf(installation);
  await bucket.removePolicy();
  return JSON.parse(await bucket.read(AUTHORITY_KEY)) as AuthorityDocument;
}

export async function activityOf(installation: Installation): Promise<Activity> {
  const bucket = await bucketOf(installation);
  return JSON.parse(await bucket.read(activityKey('main'))) as Activity;
}

/** Finished actions by worker, as the farm last reported them. */
export async function actionsByWorker(installation: Installation): Promise<Record<string, number>> {
  const { workers } = await activityOf(installation);
  return Object.fromEntries(workers.map((worker) => [worker.name, worker.actions]));
}
