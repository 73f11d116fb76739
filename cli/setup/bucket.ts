/** The bucket of the documents: made where it is absent, and its settings repaired each time. */
import { createHash } from 'node:crypto';
import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from '../aws/access.ts';
import { askAws, refusal } from '../aws/answers.ts';
import { bucketUrl } from '../documents.ts';
import { Failure } from '../failure.ts';

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
/** Old versions are history and undo; this long is enough for both. */
const OLD_VERSION_DAYS = 90;

/** @throws Failure (permission) where the bucket is somebody else's */
export async function ensureBucket(access: AwsAccess, bucket: string, account: string): Promise<'created' | 'existed'> {
  const found = await exists(access, bucket, account);
  if (!found) await make(access, bucket);
  for (const [setting, body] of settings(bucket)) await put(access, bucket, setting, body);
  return found ? 'existed' : 'created';
}

/** A name may be taken by anyone: the owner is checked before anything is written. */
async function exists(access: AwsAccess, bucket: string, account: string): Promise<boolean> {
  const answer = await askAws(`look for bucket ${bucket}`, {
    method: 'HEAD',
    url: bucketUrl(access, bucket),
    service: 's3',
    region: access.region,
    headers: { 'x-amz-expected-bucket-owner': account },
    credentials: access.credentials,
  });
  if (answer.status === 404) return false;
  if (answer.status === 200) return true;
  if (answer.status === 301)
    throw new Failure('configuration', `bucket ${bucket} is in region ${answer.headers['x-amz-bucket-region']}`, {
      next: `bbf setup --region=${answer.headers['x-amz-bucket-region']}`,
    });
  throw new Failure('permission', `bucket ${bucket} belongs to another account, or may not be read by you`, {
    next: 'bbf setup --bucket=ANOTHER-NAME',
  });
}

async function make(access: AwsAccess, bucket: string): Promise<void> {
  // us-east-1 is the one region that may not be named.
  const place = `<CreateBucketConfiguration ${XMLNS}><LocationConstraint>${access.region}</LocationConstraint></CreateBucketConfiguration>`;
  const answer = await send(access, bucket, '', access.region === 'us-east-1' ? '' : place);
  const ours = answer.status === 409 && answer.body.includes('BucketAlreadyOwnedByYou');
  if (answer.status !== 200 && !ours) throw refusal(`make bucket ${bucket}`, answer);
}

function settings(bucket: string): [string, string][] {
  return [
    ['versioning', `<VersioningConfiguration ${XMLNS}><Status>Enabled</Status></VersioningConfiguration>`],
    [
      'encryption',
      `<ServerSideEncryptionConfiguration ${XMLNS}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
    ],
    ['publicAccessBlock', `<PublicAccessBlockConfiguration ${XMLNS}>${allBlocked}</PublicAccessBlockConfiguration>`],
    ['policy', JSON.stringify(tlsOnly(bucket))],
    ['lifecycle', `<LifecycleConfiguration ${XMLNS}>${oldVersionsEnd}</LifecycleConfiguration>`],
    ['notification', `<NotificationConfiguration ${XMLNS}><EventBridgeConfiguration/></NotificationConfiguration>`],
  ];
}

const allBlocked = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']
  .map((name) => `<${name}>true</${name}>`)
  .join('');

const oldVersionsEnd = `<Rule><ID>old-versions-end</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>${OLD_VERSION_DAYS}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;

function tlsOnly(bucket: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}

async function put(access: AwsAccess, bucket: string, setting: string, body: string): Promise<void> {
  const answer = await send(access, bucket, `?${setting}`, body);
  if (answer.status !== 200 && answer.status !== 204) throw refusal(`set ${setting} of bucket ${bucket}`, answer);
}

/** S3 wants a checksum with some of these, and takes one with all. */
function send(access: AwsAccess, bucket: string, query: string, body: string): Promise<SignedResponse> {
  return askAws(`set up bucket ${bucket}`, {
    method: 'PUT',
    url: `${bucketUrl(access, bucket)}${query === '' ? '' : `/${query}`}`,
    service: 's3',
    region: access.region,
    headers: { 'content-md5': createHash('md5').update(body).digest('base64') },
    body,
    credentials: access.credentials,
  });
}
