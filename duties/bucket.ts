/** The two objects of the bucket that the farm's server touches, by signed requests: loading the AWS SDK would cost more than all the rest. */
import { bucketUrl } from '../config-schema/keys.ts';
import { type CredentialSource, type SignedResponse, signedRequest } from '../reconciler/aws/signed-request.ts';

interface BucketSettings {
  bucket: string;
  region: string;
  credentials: CredentialSource;
  /** Of the local cloud; undefined for AWS itself. */
  endpoint: string | undefined;
}

export interface Bucket {
  /** Undefined when the object still has this ETag; null when there is none. Rejects on any other answer. */
  read(key: string, etag: string | undefined): Promise<{ etag: string; text: string } | null | undefined>;
  write(key: string, text: string): Promise<void>;
}

function failure(method: string, key: string, { status, body }: SignedResponse): Error {
  const code = /<Code>([^<]*)<\/Code>/.exec(body.toString('utf8'))?.[1];
  return new Error(`${method} of ${key} was answered ${status}${code ? ` ${code}` : ''}`);
}

export function createBucket({ bucket, region, credentials, endpoint }: BucketSettings): Bucket {
  const base = bucketUrl({ region, endpoint }, bucket);
  const request = (method: string, key: string, headers: Record<string, string>, body?: string) =>
    signedRequest({
      method,
      url: `${base}/${key}`,
      service: 's3',
      region,
      credentials,
      headers,
      ...(body && { body }),
    });
  return {
    async read(key, etag) {
      const response = await request('GET', key, etag ? { 'if-none-match': etag } : {});
      if (response.status === 304) return undefined;
      if (response.status === 404) return null;
      if (response.status !== 200) throw failure('GET', key, response);
      return { etag: response.headers.etag ?? '', text: response.body.toString('utf8') };
    },
    async write(key, text) {
      const response = await request('PUT', key, { 'content-type': 'application/json' }, text);
      if (response.status !== 200) throw failure('PUT', key, response);
    },
  };
}
