/** Requests to a bucket as a whole: whether it is there, its settings, its listings. */
import { createHash } from 'node:crypto';
import { bucketUrl } from '../../config-schema/keys.ts';
import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from './access.ts';
import { askAws } from './answers.ts';

export interface BucketPlace {
  access: AwsAccess;
  bucket: string;
}

interface BucketRequest {
  method: string;
  /** Such as `versioning`. */
  query?: string;
  body?: string;
  headers?: Record<string, string>;
}

/**
 * S3 wants a checksum with some bodies, and takes one with all.
 *
 * @param doing completes "could not …"
 * @returns what S3 answers, whatever its status
 */
export function askBucket(
  { access, bucket }: BucketPlace,
  doing: string,
  request: BucketRequest,
): Promise<SignedResponse> {
  const { method, query, body, headers = {} } = request;
  const url = `${bucketUrl(access, bucket)}${query === undefined ? '' : `/?${query}`}`;
  if (body === undefined) return askAws(access, doing, { method, url, service: 's3', headers });
  const md5 = createHash('md5').update(body).digest('base64');
  return askAws(access, doing, { method, url, service: 's3', headers: { ...headers, 'content-md5': md5 }, body });
}
