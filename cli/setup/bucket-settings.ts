/** How the bucket should be, against how it is: the settings to write, each with what others put into it before. */
import { ACCESS_PREFIX, CLUSTERS_PREFIX, OLD_VERSION_DAYS } from '../../config-schema/keys.ts';
import { TAG_INSTALLATION } from '../../templates/names.ts';
import { mergedPolicy } from './bucket-policy.ts';

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export interface BucketWish {
  installation: string;
  account: string;
  region: string;
  /** AWS's partition: `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
  /** Whether `cluster.json` may be written under a condition only; undefined: as it is. */
  conditionalWrites: boolean | undefined;
}

/** By the names that they have in an address. */
export const SETTINGS = [
  'versioning',
  'encryption',
  'publicAccessBlock',
  'policy',
  'lifecycle',
  'notification',
  'tagging',
] as const;

export type BucketSetting = (typeof SETTINGS)[number];

/** @param found the answers of S3, empty for what was never set @returns settings with the bodies to put, without those that are right */
export function changesOf(
  bucket: string,
  found: ReadonlyMap<string, string>,
  wish: BucketWish,
): [setting: BucketSetting, body: string][] {
  const is = (setting: BucketSetting) => found.get(setting) ?? '';
  const wanted: [setting: BucketSetting, body: string | undefined][] = [
    ['versioning', is('versioning').includes('<Status>Enabled</Status>') ? undefined : VERSIONED],
    ['encryption', /<SSEAlgorithm>/.test(is('encryption')) ? undefined : ENCRYPTED],
    ['publicAccessBlock', (is('publicAccessBlock').match(/>true</g) ?? []).length === 4 ? undefined : ALL_BLOCKED],
    ['policy', mergedPolicy(bucket, is('policy'), wish)],
    ['lifecycle', mergedLifecycle(is('lifecycle'))],
    ['notification', is('notification').includes('<EventBridgeConfiguration') ? undefined : told(is('notification'))],
    ['tagging', mergedTags(is('tagging'), wish.installation)],
  ];
  return wanted.flatMap(([setting, body]) => (body === undefined ? [] : [[setting, body]]));
}

const VERSIONED = `<VersioningConfiguration ${XMLNS}><Status>Enabled</Status></VersioningConfiguration>`;
const ENCRYPTED = `<ServerSideEncryptionConfiguration ${XMLNS}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;
const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
const ALL_BLOCKED = `<PublicAccessBlockConfiguration ${XMLNS}>${BLOCKS.map((name) => `<${name}>true</${name}>`).join('')}</PublicAccessBlockConfiguration>`;

/**
 * Every lease and lock leaves a delete marker; those with nothing behind them slow every listing down (UG "Managing delete markers"). A
 * bundle is never written over. What lies beside these in the bucket is somebody else's.
 */
const RULES = { 'bbf-old-clusters': CLUSTERS_PREFIX, 'bbf-old-access': ACCESS_PREFIX };
const ruleOf = ([id, prefix]: [id: string, prefix: string]) =>
  `<Rule><ID>${id}</ID><Filter><Prefix>${prefix}</Prefix></Filter><Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration><NoncurrentVersionExpiration><NoncurrentDays>${OLD_VERSION_DAYS}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;

/** A rule of that name is its owner's to change, e.g. to other days. */
function mergedLifecycle(found: string): string | undefined {
  const missing = Object.entries(RULES).filter(([id]) => !found.includes(`<ID>${id}</ID>`));
  if (missing.length === 0) return undefined;
  const rules = [...(found.match(/<Rule>[\s\S]*?<\/Rule>/g) ?? []).map(withFilter), ...missing.map(ruleOf)];
  return `<LifecycleConfiguration ${XMLNS}>${rules.join('')}</LifecycleConfiguration>`;
}

/** The older form, which S3 takes no new rules beside (API reference, LifecycleRule: `Prefix` is deprecated for `Filter`). */
const withFilter = (rule: string) =>
  rule.includes('<Filter') ? rule : rule.replace(/<Prefix>[^<]*<\/Prefix>|<Prefix\/>/, '<Filter>$&</Filter>');

/** Queues, topics and functions that are told already go on being told. */
function told(found: string): string {
  const others = /<NotificationConfiguration[^>]*>([\s\S]*)<\/NotificationConfiguration>/.exec(found)?.[1] ?? '';
  return `<NotificationConfiguration ${XMLNS}>${others}<EventBridgeConfiguration/></NotificationConfiguration>`;
}

function mergedTags(found: string, installation: string): string | undefined {
  const tags: string[] = found.match(/<Tag>[\s\S]*?<\/Tag>/g) ?? [];
  const own = `<Tag><Key>${TAG_INSTALLATION}</Key><Value>${installation}</Value></Tag>`;
  if (tags.includes(own)) return undefined;
  const others = tags.filter((tag) => !tag.includes(`<Key>${TAG_INSTALLATION}</Key>`));
  return `<Tagging ${XMLNS}><TagSet>${[...others, own].join('')}</TagSet></Tagging>`;
}
