/** The settings of a bucket. They are kept and given back; which of them act is said in the behaviour page. */
import { ServiceError } from '../kernel.ts';
import { bucketOf, type S3Core } from './core.ts';
import type { LifecycleRule } from './lifecycle.ts';
import type { Bucket, BucketSettings } from './state.ts';

/** The error for reading a setting that was never made. */
const ABSENT: Partial<Record<keyof BucketSettings, [code: string, message: string]>> = {
  policy: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  publicAccessBlock: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  tags: ['NoSuchTagSet', 'The TagSet does not exist'],
  ownership: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
  lifecycle: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
};

export function settingOperations(core: S3Core) {
  const put = (name: string, changes: Partial<BucketSettings>) => {
    Object.assign(bucketOf(core, name).settings, changes);
    core.world.changed('s3');
  };
  return {
    putBucketVersioning({ bucket: name, status }: { bucket: string; status: string }): void {
      if (status !== 'Enabled' && status !== 'Suspended') throw malformed(`the versioning status "${status}"`);
      bucketOf(core, name).versioning = status;
      core.world.changed('s3');
    },
    getBucketVersioning: ({ bucket }: { bucket: string }): Bucket['versioning'] => bucketOf(core, bucket).versioning,
    putBucketPolicy({ bucket, policy }: { bucket: string; policy: string }): void {
      checkPolicy(policy);
      put(bucket, { policy });
    },
    putBucketEncryption: ({ bucket, rules }: { bucket: string; rules: Record<string, unknown>[] }) =>
      put(bucket, { encryption: rules }),
    putPublicAccessBlock: ({ bucket, block }: { bucket: string; block: Record<string, boolean> }) =>
      put(bucket, { publicAccessBlock: block }),
    putBucketTagging: ({ bucket, tags }: { bucket: string; tags: Record<string, string> }) => put(bucket, { tags }),
    putBucketOwnershipControls: ({ bucket, ownership }: { bucket: string; ownership: string }) =>
      put(bucket, { ownership }),
    putBucketNotification: ({ bucket, eventBridge }: { bucket: string; eventBridge: boolean }) =>
      put(bucket, { eventBridge }),
    putBucketLifecycle: ({ bucket, rules }: { bucket: string; rules: LifecycleRule[] }) =>
      put(bucket, { lifecycle: rules }),
    /** One setting; throws S3's own "not found" where there is such an error. */
    getBucketSetting<Name extends keyof BucketSettings>({
      bucket,
      setting,
    }: {
      bucket: string;
      setting: Name;
    }): BucketSettings[Name] {
      const value = bucketOf(core, bucket).settings[setting];
      const absent = ABSENT[setting];
      if (value !== undefined || !absent) return value;
      throw new ServiceError(absent[0], absent[1], 404, { BucketName: bucket });
    },
    deleteBucketSetting({ bucket, setting }: { bucket: string; setting: keyof BucketSettings }): void {
      const { settings } = bucketOf(core, bucket);
      if (setting === 'eventBridge') settings.eventBridge = false;
      else delete settings[setting];
      core.world.changed('s3');
    },
  };
}

function checkPolicy(policy: string): void {
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: unknown };
    if (Statement !== undefined) return;
  } catch {
    throw new ServiceError('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'");
  }
  throw new ServiceError('MalformedPolicy', 'Missing required field Statement');
}

function malformed(what: string): ServiceError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new ServiceError('MalformedXML', `${message}: ${what}`);
}
