/** Removes what bbf keeps in a bucket, with every version, and the bucket where nothing of others is in it. */
import { createHash } from 'node:crypto';
import { ACCESS_PREFIX, BUNDLES_PREFIX, bucketUrl, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import type { AwsAccess } from '../aws/access.ts';
import { type AwsRequest, askAws, refusal } from '../aws/answers.ts';

type Ask = (doing: string, method: string, query: string, more?: Partial<AwsRequest>) => ReturnType<typeof askAws>;

/** @returns whether the bucket is gone, or stays with what others keep in it */
export async function removeBucket(access: AwsAccess, bucket: string): Promise<'removed' | 'kept'> {
  const ask: Ask = (doing, method, query, more = {}) =>
    askAws(access, doing, {
      method,
      url: `${bucketUrl(access, bucket)}${query}`,
      service: 's3',
      ...more,
    });
  for (const prefix of [CLUSTERS_PREFIX, ACCESS_PREFIX, BUNDLES_PREFIX]) await empty(ask, bucket, prefix);
  const doing = `delete bucket ${bucket}`;
  const answer = await ask(doing, 'DELETE', '');
  if (answer.status === 409 && answer.body.includes('BucketNotEmpty')) return 'kept';
  if (answer.status !== 204 && answer.status !== 404) throw refusal(doing, answer);
  return 'removed';
}

async function empty(ask: Ask, bucket: string, prefix: string): Promise<void> {
  const [listing, emptying] = [`list ${prefix} of bucket ${bucket}`, `empty ${prefix} of bucket ${bucket}`];
  for (;;) {
    const answer = await ask(listing, 'GET', `/?versions&${new URLSearchParams({ prefix })}`);
    if (answer.status === 404) return;
    if (answer.status !== 200) throw refusal(listing, answer);
    const objects = versionsOf(answer.body.toString('utf8'));
    if (objects.length === 0) return;
    const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    const deleted = await ask(emptying, 'POST', '/?delete', { body, headers });
    if (deleted.status !== 200 || deleted.body.includes('<Error>')) throw refusal(emptying, deleted);
  }
}

/** Key and version of each entry, as the XML that deletes it; both are escaped already. */
function versionsOf(xml: string): string[] {
  const entries = xml.match(/<(Version|DeleteMarker)>[\s\S]*?<\/\1>/g) ?? [];
  return entries.map((entry) => {
    const key = /<Key>[^<]*<\/Key>/.exec(entry)?.[0] ?? '';
    const version = /<VersionId>[^<]*<\/VersionId>/.exec(entry)?.[0] ?? '';
    return `<Object>${key}${version}</Object>`;
  });
}
