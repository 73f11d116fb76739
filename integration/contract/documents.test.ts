/** The CLI's own client of S3, which every edit and every build goes through, against the cases that the SDK's is put to. */
import { expect, it } from 'vitest';
import { answerOf } from './case.ts';
import { s3Documents } from './cases/s3-documents.ts';
import { asDocumentsTell, documentsTarget } from './documents-target.ts';

it.each(s3Documents.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const target = await documentsTarget();
  try {
    expect(asDocumentsTell(await answerOf(one, target))).toEqual(asDocumentsTell(one.documented));
  } finally {
    await target.stop();
  }
});
