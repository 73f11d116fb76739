/** "Backup and restore" of docs/operations.md, as it is written there: the bucket is lost and comes back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { expectSuccess, type Installation, run, startInstallation } from '../installation.ts';
import { root } from '../programs.ts';
import { missingAwsCli } from './aws-cli.ts';
import { awsEnvironment, bucketOf, stolenAuthority, untilStatus } from './cluster.ts';

const missing = missingAwsCli();
if (missing) console.warn(`skipped: ${missing}`);

const BACKUP = 'kept-elsewhere';
const CLUSTERS = ['ci', 'main'];
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const chapter = page.slice(page.indexOf('## Backup and restore')).split(/^##+ /m)[1] ?? '';

let installation: Installation;
let aws: Record<string, string>;
let s3: S3Client;
let bucket: Awaited<ReturnType<typeof bucketOf>>;
beforeAll(async () => {
  if (missing) return;
  installation = await startInstallation();
  aws = await awsEnvironment(installation);
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = aws;
  const place = { region: aws.AWS_REGION ?? '', endpoint: aws.AWS_ENDPOINT_URL ?? '' };
  s3 = new S3Client({ ...place, credentials: { accessKeyId, secretAccessKey } });
  bucket = await bucketOf(installation);
  await s3.send(new CreateBucketCommand({ Bucket: BACKUP }));
});
afterAll(() => installation?.stop());

/** A line of the chapter, on the local cloud. */
async function type(line: string): Promise<void> {
  expect(chapter).toContain(line);
  const here = line
    .replace('aws ', `aws --endpoint-url ${aws.AWS_ENDPOINT_URL} `)
    .replace('s3://BUCKET', `s3://${bucket.name}`)
    .replace('s3://BACKUP', `s3://${BACKUP}`);
  await expectSuccess(run('bash', ['-c', here], { env: { ...installation.env, ...aws } }));
}

const documents = () => Promise.all(CLUSTERS.map((name) => bucket.read(clusterKey(name))));
/** That the reconciler has followed the document that is there now. */
const followed = (cluster: string) =>
  untilStatus(
    installation,
    `${cluster} is followed`,
    ({ observedRevision }) => observedRevision !== null,
    undefined,
    cluster,
  );

async function loseBucket(): Promise<void> {
  await bucket.removePolicy();
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket.name }));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  await s3.send(new DeleteObjectsCommand({ Bucket: bucket.name, Delete: { Objects } }));
  await s3.send(new DeleteBucketCommand({ Bucket: bucket.name }));
}

describe.skipIf(missing)('a bucket that is lost', () => {
  it('is made anew, and has what was wanted', async () => {
    for (const name of CLUSTERS) await expectSuccess(installation.bbf(['create', name, '--max=3', '--no-wait']));
    for (const name of CLUSTERS) await followed(name);
    const wanted = await documents();
    const before = await stolenAuthority(installation);

    await type("aws s3 sync s3://BUCKET s3://BACKUP --exclude '*' --include '*/cluster.json'");
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BACKUP }));
    expect(Contents.map(({ Key }) => Key)).toEqual(CLUSTERS.map(clusterKey));
    await loseBucket();

    expect(chapter).toContain('`bbf setup --region=REGION`');
    // The local cloud tells of documents from the start.
    await expectSuccess(installation.bbf(['setup', `--region=${aws.AWS_REGION}`, '--yes', '--no-wait'], { env: aws }));
    // The context that it chose has no keys of its own, unlike that of the local cloud.
    await expectSuccess(installation.bbf(['use', 'local']));
    await type('aws s3 cp --recursive s3://BACKUP s3://BUCKET');
    expect(await documents()).toEqual(wanted);
    for (const name of CLUSTERS) await followed(name);
    await expectSuccess(installation.bbf(['doctor']));
    const [authority] = (await stolenAuthority(installation)).authorities;
    expect(authority?.certificate).toMatch(/BEGIN CERTIFICATE/);
    expect(before.authorities.map(({ certificate }) => certificate)).not.toContain(authority?.certificate);
  }, 240_000);
});
