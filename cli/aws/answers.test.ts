import { expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { jsonOf, refusal } from './answers.ts';

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

it('JSON that is cut is shown as it came', () => {
  const body = Buffer.from('{"__type":"Acc');
  expect(refusal('read it', { status: 500, headers: {}, body })).toMatchObject({
    exitCode: exitCodes.unavailable,
    message: 'could not read it: HTTP 500: {"__type":"Acc',
  });
});

it.each([
  ['a page', '<html>\n<body>Sign in', '<html> <body>Sign in'],
  ['JSON that is cut', '{"events": [', '{"events": ['],
  ['no object', 'null', 'null'],
])('%s in the place of JSON is an answer that is not understood', (_, text, shown) => {
  const read = () => jsonOf('read logs', { status: 200, headers: {}, body: Buffer.from(text) });
  expect(read).toThrow(
    expect.objectContaining({
      exitCode: exitCodes.protocol,
      message: `could not read logs: the answer, HTTP 200, is no JSON: ${shown}`,
    }),
  );
});
