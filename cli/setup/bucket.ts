/** The bucket of the documents: made where it is absent, and its settings repaired each time. What others set on it stays. */
import { TAG_INSTALLATION } from '../../templates/names.ts';
import { refusal } from '../aws/answers.ts';
import { askBucket, type BucketPlace } from '../aws/bucket-request.ts';
import { Failure } from '../failure.ts';
import { type BucketWish, changesOf, SETTINGS } from './bucket-settings.ts';

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** What asks, for the advice to go on with. */
type Asking = 'bbf setup' | 'bbf teardown';

/** @throws Failure (permission) where the bucket is somebody else's, (configuration) where it is in another region, or what else S3 answers */
export async function bucketExists({ access, bucket }: BucketPlace, account: string, asking: Asking): Promise<boolean> {
  const headers = { 'x-amz-expected-bucket-owner': account };
  const doing = `look for bucket ${bucket}`;
  const answer = await askBucket({ access, bucket }, doing, { method: 'HEAD', headers });
  if (answer.status === 404) return false;
  if (answer.status === 200) return true;
  const region = answer.headers['x-amz-bucket-region'];
  if (answer.status === 301 || (region !== undefined && region !== access.region))
    throw new Failure('configuration', `bucket ${bucket} is in region ${region}, not in ${access.region}`, {
      next: `${asking} --region=${region}, or --bucket=ANOTHER-NAME`,
    });
  if (answer.status !== 403) throw refusal(doing, answer);
  throw new Failure('permission', `bucket ${bucket} belongs to another account, or may not be read by you`, {
    next: `${asking} --bucket=ANOTHER-NAME`,
  });
}

/** No role of the foundation may use a key of KMS that is not S3's own. @throws Failure (configuration) where the bucket has one */
export async function refuseForeignKey(place: BucketPlace): Promise<void> {
  const [, key = ''] = /<KMSMasterKeyID>([^<]*)</.exec(await read(place, 'encryption')) ?? [];
  if (key === '' || key.endsWith('alias/aws/s3')) return;
  throw new Failure(
    'configuration',
    `bucket ${place.bucket} is encrypted by the KMS key ${key}, which bbf's roles may not use`,
    {
      next: 'bbf setup --bucket=ANOTHER-NAME, or encrypt this one by SSE-S3',
    },
  );
}

/**
 * Two in one bucket would act on the same documents, and the policy keeps the authority for one's reconciler.
 * @param advice what to type where the bucket is that of installation `owner`
 * @throws Failure (conflict)
 */
export async function refuseOthersBucket(
  place: BucketPlace,
  installation: string,
  advice: { details: string[]; next: (owner: string) => string },
): Promise<void> {
  const tag = new RegExp(`<Key>${TAG_INSTALLATION}</Key>\\s*<Value>([^<]*)</Value>`);
  const [, owner = installation] = tag.exec(await read(place, 'tagging')) ?? [];
  if (owner === installation) return;
  throw new Failure(
    'conflict',
    `bucket ${place.bucket} is that of installation ${owner}, and not of ${installation}, as its tag ${TAG_INSTALLATION} says`,
    { details: advice.details, next: advice.next(owner) },
  );
}

/** As S3 answers, empty for what was never set. */
export async function foundSettings(place: BucketPlace): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const setting of SETTINGS) found.set(setting, await read(place, setting));
  return found;
}

/** Only what is missing is written. @returns the names of the settings that were */
export async function ensureBucket(place: BucketPlace, exists: boolean, wish: BucketWish): Promise<string[]> {
  if (!exists) await make(place);
  const changes = changesOf(place.bucket, await foundSettings(place), wish);
  for (const [setting, body] of changes) await put(place, setting, body);
  return changes.map(([setting]) => setting);
}

async function make(place: BucketPlace): Promise<void> {
  const { region } = place.access;
  // us-east-1 is the one region that may not be named.
  const body = `<CreateBucketConfiguration ${XMLNS}><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const answer = await send(place, { method: 'PUT', body: region === 'us-east-1' ? '' : body });
  const ours = answer.status === 409 && answer.body.includes('BucketAlreadyOwnedByYou');
  if (answer.status !== 200 && !ours) throw refusal(`make bucket ${place.bucket}`, answer);
}

/** Empty where it was never set. */
async function read(place: BucketPlace, setting: string): Promise<string> {
  const answer = await send(place, { method: 'GET', query: setting });
  if (answer.status === 404) return '';
  if (answer.status !== 200) throw refusal(`read ${setting} of bucket ${place.bucket}`, answer);
  return answer.body.toString('utf8');
}

async function put(place: BucketPlace, setting: string, body: string): Promise<void> {
  const answer = await send(place, { method: 'PUT', query: setting, body });
  if (answer.status !== 200 && answer.status !== 204) throw refusal(`set ${setting} of bucket ${place.bucket}`, answer);
}

const send = (place: BucketPlace, request: Parameters<typeof askBucket>[2]) =>
  askBucket(place, `set up bucket ${place.bucket}`, request);
