/** The CLI's own client of S3, which every edit and every build goes through, against the cases that the SDK's is put to. */
import { expect, it } from 'vitest';
import { answerOf } from './case.ts';
import {
  s3ConditionalDeletes,
  s3ConditionalReads,
  s3ConditionalWrites,
  s3EnforcedWrites,
} from './cases/s3-conditions.ts';
import { s3Lists, s3Objects } from './cases/s3-objects.ts';
import { s3Versions } from './cases/s3-versions.ts';
import { asDocumentsTell, documentsTarget } from './documents-target.ts';

const cases = [
  ...s3ConditionalWrites,
  ...s3EnforcedWrites,
  ...s3ConditionalDeletes,
  ...s3ConditionalReads,
  ...s3Objects,
  ...s3Versions,
  ...s3Lists,
];

it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const target = await documentsTarget();
  try {
    expect(asDocumentsTell(await answerOf(one, target))).toEqual(asDocumentsTell(one.documented));
  } finally {
    await target.stop();
  }
});
