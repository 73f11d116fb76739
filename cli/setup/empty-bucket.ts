/** Removes what bbf keeps in a bucket, with every version, and the bucket where nothing of others is in it. */
import { ACCESS_PREFIX, BUNDLES_PREFIX, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import { errorKind } from '../../reconciler/aws/errors.ts';
import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import type { AwsAccess } from '../aws/access.ts';
import { listingOf, refusal } from '../aws/answers.ts';
import { askBucket, type BucketPlace } from '../aws/bucket-request.ts';
import { element } from '../aws/xml.ts';
import type { Program } from '../command.ts';

/**
 * @returns whether the bucket is gone, or stays with what others keep in it
 * @throws Failure (permission, unavailable) that names a version which S3 does not delete
 */
export async function removeBucket(
  access: AwsAccess,
  bucket: string,
  { sleep }: Pick<Program, 'sleep'>,
): Promise<'removed' | 'kept'> {
  const place = { access, bucket };
  for (const prefix of [CLUSTERS_PREFIX, ACCESS_PREFIX, BUNDLES_PREFIX]) await empty(place, prefix, sleep);
  const doing = `delete bucket ${bucket}`;
  const answer = await askBucket(place, doing, { method: 'DELETE' });
  if (answer.status === 409 && answer.body.includes('BucketNotEmpty')) return 'kept';
  if (answer.status !== 204 && answer.status !== 404) throw refusal(doing, answer);
  return 'removed';
}

/** Rounds in a row in which S3 was too busy for some versions; they take 15 s. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;

async function empty(place: BucketPlace, prefix: string, sleep: Program['sleep']): Promise<void> {
  let busy = 0;
  for (;;) {
    const objects = await versionsBelow(place, prefix);
    if (objects.length === 0) return;
    const errors = await deleteAll(place, prefix, objects);
    busy = errors.length > 0 ? busy + 1 : 0;
    const final = errors.find(({ isBusy }) => !isBusy) ?? (busy === ATTEMPTS ? errors[0] : undefined);
    if (final !== undefined) throw refusal(`delete ${final.key} of bucket ${place.bucket}`, final.answer);
    if (busy > 0) await sleep(FIRST_PAUSE_MS * 2 ** (busy - 1));
  }
}

/** A thousand at most; none where the bucket is gone. */
async function versionsBelow(place: BucketPlace, prefix: string): Promise<string[]> {
  const doing = `list ${prefix} of bucket ${place.bucket}`;
  const answer = await askBucket(place, doing, { method: 'GET', query: `versions&${new URLSearchParams({ prefix })}` });
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw refusal(doing, answer);
  return versionsOf(listingOf(doing, answer, 'ListVersionsResult'));
}

async function deleteAll(place: BucketPlace, prefix: string, objects: readonly string[]): Promise<DeletionError[]> {
  const doing = `empty ${prefix} of bucket ${place.bucket}`;
  const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
  const answer = await askBucket(place, doing, { method: 'POST', query: 'delete', body });
  if (answer.status !== 200) throw refusal(doing, answer);
  const errors = answer.body.toString('utf8').match(/<Error>[\s\S]*?<\/Error>/g) ?? [];
  return errors.map((error) => deletionError(answer, error));
}

/** Of one version, in an answer that is otherwise good (API reference, DeleteObjects). */
interface DeletionError {
  key: string;
  /** The same is answered otherwise a little later. */
  isBusy: boolean;
  /** As it would be to a request for this version alone. */
  answer: SignedResponse;
}

function deletionError(answer: SignedResponse, error: string): DeletionError {
  const code = element(error, 'Code');
  const isBusy = errorKind({ name: code }) === 'waiting';
  const refused = code === 'AccessDenied' ? 403 : 400;
  const alone = { ...answer, status: isBusy ? 503 : refused, body: Buffer.from(error) };
  return { key: element(error, 'Key') ?? '', isBusy, answer: alone };
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
