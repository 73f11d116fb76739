/** Removes a bucket with every version of everything in it. */
import { createHash } from 'node:crypto';
import type { SignedRequest } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from '../aws/access.ts';
import { askAws, refusal } from '../aws/answers.ts';
import { bucketUrl } from '../documents.ts';

/** @returns how many versions were removed */
export async function removeBucket(access: AwsAccess, bucket: string): Promise<number> {
  const request = (method: string, more: Partial<SignedRequest> = {}, query = ''): SignedRequest => ({
    method,
    url: `${bucketUrl(access, bucket)}${query}`,
    service: 's3',
    region: access.region,
    credentials: access.credentials,
    ...more,
  });
  let removed = 0;
  for (;;) {
    const answer = await askAws(`list bucket ${bucket}`, request('GET', {}, '/?versions'));
    if (answer.status === 404) return removed;
    if (answer.status !== 200) throw refusal(`list bucket ${bucket}`, answer);
    const objects = versionsOf(answer.body.toString('utf8'));
    if (objects.length === 0) break;
    const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    const deleted = await askAws(`empty bucket ${bucket}`, request('POST', { body, headers }, '/?delete'));
    if (deleted.status !== 200 || deleted.body.includes('<Error>')) throw refusal(`empty bucket ${bucket}`, deleted);
    removed += objects.length;
  }
  const answer = await askAws(`delete bucket ${bucket}`, request('DELETE'));
  if (answer.status !== 204 && answer.status !== 404) throw refusal(`delete bucket ${bucket}`, answer);
  return removed;
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
