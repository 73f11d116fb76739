/** Removes what bbf keeps in a bucket, with every version, and the bucket where nothing of others is in it. */
import { ACCESS_PREFIX, BUNDLES_PREFIX, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import type { AwsAccess } from '../aws/access.ts';
import { refusal } from '../aws/answers.ts';
import { askBucket, type BucketPlace } from '../aws/bucket-request.ts';

/** @returns whether the bucket is gone, or stays with what others keep in it */
export async function removeBucket(access: AwsAccess, bucket: string): Promise<'removed' | 'kept'> {
  const place = { access, bucket };
  for (const prefix of [CLUSTERS_PREFIX, ACCESS_PREFIX, BUNDLES_PREFIX]) await empty(place, prefix);
  const doing = `delete bucket ${bucket}`;
  const answer = await askBucket(place, doing, { method: 'DELETE' });
  if (answer.status === 409 && answer.body.includes('BucketNotEmpty')) return 'kept';
  if (answer.status !== 204 && answer.status !== 404) throw refusal(doing, answer);
  return 'removed';
}

async function empty(place: BucketPlace, prefix: string): Promise<void> {
  const { bucket } = place;
  const [listing, emptying] = [`list ${prefix} of bucket ${bucket}`, `empty ${prefix} of bucket ${bucket}`];
  for (;;) {
    const query = `versions&${new URLSearchParams({ prefix })}`;
    const answer = await askBucket(place, listing, { method: 'GET', query });
    if (answer.status === 404) return;
    if (answer.status !== 200) throw refusal(listing, answer);
    const objects = versionsOf(answer.body.toString('utf8'));
    if (objects.length === 0) return;
    const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
    const deleted = await askBucket(place, emptying, { method: 'POST', query: 'delete', body });
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
