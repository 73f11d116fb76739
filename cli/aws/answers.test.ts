import { expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { refusal } from './answers.ts';

it.each([
  [
    'XML',
    '<Error><Code>AccessDenied</Code><Message>&quot;ann&quot; may not s3:GetObject &amp; no more</Message></Error>',
  ],
  ['JSON', JSON.stringify({ __type: 'AccessDenied', message: '"ann" may not s3:GetObject & no more' })],
])('a refusal in %s says what AWS says', (_, text) => {
  expect(refusal('read it', { status: 403, headers: {}, body: Buffer.from(text) })).toMatchObject({
    exitCode: exitCodes.permission,
    message: 'could not read it: AccessDenied: "ann" may not s3:GetObject & no more',
  });
});
