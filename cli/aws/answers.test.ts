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

it.each([
  [403, 'permission', 'ask an administrator for the right to read it'],
  [400, 'protocol', 'bbf doctor, then the same command again'],
] as const)('a refusal without a body, HTTP %s, says so, and points to nothing above', (status, kind, next) => {
  expect(refusal('read it', { status, headers: {}, body: Buffer.alloc(0) })).toMatchObject({
    exitCode: exitCodes[kind],
    message: `could not read it: HTTP ${status}: the answer has no words`,
    next,
  });
});

it.each([
  ['AccessDeniedException', JSON.stringify({ __type: 'com.amazonaws.logs#AccessDeniedException', Message: 'no' })],
  ['UnauthorizedOperation', '<Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error>'],
])('a missing right is one whatever the status: %s with 400', (code, text) => {
  expect(refusal('read it', { status: 400, headers: {}, body: Buffer.from(text) })).toMatchObject({
    exitCode: exitCodes.permission,
    message: `could not read it: ${code}: no`,
  });
});
