/** The reconciler's code, uploaded under a key that carries its hash: new code is a new key, which CloudFormation notices. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bucketUrl, bundleKey } from '../../config-schema/keys.ts';
import { signedRequest } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from '../aws/access.ts';
import { refusal, silence } from '../aws/answers.ts';
import { Failure } from '../failure.ts';

/** Of one upload over a slow line. */
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
  return { key: bundleKey(createHash('sha256').update(zip).digest('hex')), zip };
}

export async function uploadBundle(access: AwsAccess, bucket: string, { key, zip }: Bundle): Promise<void> {
  const url = `${bucketUrl(access, bucket)}/${key}`;
  const doing = `upload ${key}`;
  const answer = await signedRequest({
    method: 'PUT',
    url,
    service: 's3',
    region: access.region,
    headers: { 'content-type': 'application/zip', 'if-none-match': '*' },
    body: zip,
    credentials: access.credentials,
    timeoutMs: TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw silence(doing, { url }, error);
  });
  // 412: there already, and equal, since its name is its hash.
  if (answer.status !== 200 && answer.status !== 412) throw refusal(doing, answer);
}
