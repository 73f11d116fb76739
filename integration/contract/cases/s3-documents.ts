/** S3, all that documents need: what the SDK's client and the CLI's own have in common. */
import type { Case } from '../case.ts';
import { s3ConditionalDeletes, s3ConditionalReads, s3ConditionalWrites, s3EnforcedWrites } from './s3-conditions.ts';
import { s3Lists, s3Objects } from './s3-objects.ts';
import { s3Versions } from './s3-versions.ts';

export const s3Documents: Case[] = [
  ...s3ConditionalWrites,
  ...s3EnforcedWrites,
  ...s3ConditionalDeletes,
  ...s3ConditionalReads,
  ...s3Objects,
  ...s3Versions,
  ...s3Lists,
];
