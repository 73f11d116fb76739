/** What set-up is about to change of its bucket, as a person reads it. */
import { OLD_VERSION_DAYS } from '../../config-schema/keys.ts';
import { TAG_INSTALLATION } from '../../templates/names.ts';
import { table } from '../output/table.ts';
import { policyChanges } from './bucket-policy.ts';
import { type BucketSetting, type BucketWish, changesOf } from './bucket-settings.ts';

interface BucketText {
  lines: string[];
  /** Whether anything is to be made or set. */
  changes: boolean;
}

/** @param found the answers of S3; undefined where there is no bucket yet, which gets everything */
export function bucketText(
  bucket: string,
  found: ReadonlyMap<string, string> | undefined,
  wish: BucketWish,
): BucketText {
  if (found === undefined) return { lines: [`bucket ${bucket} will be made`], changes: true };
  const changes = changesOf(bucket, found, wish);
  if (changes.length === 0) return { lines: [`bucket ${bucket} is there: nothing to change`], changes: false };
  const rows = changes.flatMap(([setting]) =>
    wordsOf(setting, bucket, found.get(setting) ?? '', wish).map((words) => [setting, words]),
  );
  const lines = [`bucket ${bucket} is there, and will change:`, ...table(rows).map((line) => `  ${line}`)];
  return { lines, changes: true };
}

const WORDS: Record<Exclude<BucketSetting, 'policy' | 'tagging'>, string> = {
  versioning: 'on: what is written over or deleted is kept as an old version',
  encryption: 'SSE-S3, where a request names no other',
  publicAccessBlock: 'all public access will be blocked',
  lifecycle: `old versions of clusters/ and access/ will end after ${OLD_VERSION_DAYS} days`,
  notification: 'EventBridge will be told of objects',
};

function wordsOf(setting: BucketSetting, bucket: string, found: string, wish: BucketWish): string[] {
  if (setting === 'tagging') return [`${TAG_INSTALLATION}=${wish.installation}`];
  if (setting !== 'policy') return [WORDS[setting]];
  const changes = policyChanges(bucket, found, wish);
  return changes.length > 0 ? changes : ['the statements of bbf'];
}
