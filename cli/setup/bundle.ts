/** The reconciler's code, uploaded under a key that carries its hash: new code is a new key, which CloudFormation notices. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bucketUrl, bundleKey } from '../../config-schema/keys.ts';
import { type SignedResponse, signedRequest } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from '../aws/access.ts';
import { type AwsRequest, refusal, signedFor, silence } from '../aws/answers.ts';
import { Failure } from '../failure.ts';

/** Of one transfer over a slow line. */
const TIMEOUT_MS = 120_000;

interface Bundle {
  key: string;
  zip: Buffer;
}

/** @throws Failure (configuration) where there is none beside this program */
export async function readBundle(path: string): Promise<Bundle> {
  const zip = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('configuration', `the reconciler's bundle can't be read: ${error.message}`, {
      next: 'install bbf again, or npm run build in its sources',
    });
  });
  return { key: bundleKey(sha256(zip)), zip };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** @returns whether it wrote: else something lies under that name already */
export async function uploadBundle(access: AwsAccess, bucket: string, { key, zip }: Bundle): Promise<boolean> {
  const doing = `upload ${key}`;
  const headers = { 'content-type': 'application/zip', 'if-none-match': '*' };
  const answer = await ask(access, bucket, doing, { method: 'PUT', key, headers, body: zip });
  if (answer.status !== 200 && answer.status !== 412) throw refusal(doing, answer);
  return answer.status === 200;
}

/**
 * S3 does not hold a name against what it names, and who knows a release knows its name before it is uploaded.
 * @throws Failure (configuration) where something else lies under its name, which the function would run with the reconciler's role
 */
export async function refuseOtherBundle(access: AwsAccess, bucket: string, { key, zip }: Bundle): Promise<void> {
  const doing = `read ${key}`;
  const found = await ask(access, bucket, doing, { method: 'GET', key });
  if (found.status !== 200) throw refusal(doing, found);
  if (found.body.equals(zip)) return;
  throw new Failure(
    'configuration',
    `${key} in bucket ${bucket} is not this bbf's, as its SHA-256 is ${sha256(found.body)}: somebody else wrote it, and it would have run as the reconciler`,
    {
      next: `aws s3 rm s3://${bucket}/${key} and the same again; and find out who may write there`,
    },
  );
}

/** Whether S3 answers with it, and as a version: one that was written before the bucket had any is named `null` once it has. */
export async function isBundleThere(access: AwsAccess, bucket: string, key: string): Promise<boolean> {
  const doing = `look for ${key}`;
  const answer = await ask(access, bucket, doing, { method: 'HEAD', key });
  if (answer.status === 404) return false;
  if (answer.status !== 200) throw refusal(doing, answer);
  return answer.headers['x-amz-version-id'] !== undefined;
}

type BundleRequest = Pick<AwsRequest, 'method' | 'headers' | 'body'> & { key: string };

async function ask(
  access: AwsAccess,
  bucket: string,
  doing: string,
  { key, ...request }: BundleRequest,
): Promise<SignedResponse> {
  const url = `${bucketUrl(access, bucket)}/${key}`;
  const whole = { ...request, url, service: 's3', timeoutMs: TIMEOUT_MS };
  return signedRequest(signedFor(access, whole)).catch((error: unknown) => {
    throw silence(access, doing, url, error);
  });
}
