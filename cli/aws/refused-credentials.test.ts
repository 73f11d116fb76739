import { expect, it } from 'vitest';
import { refusedCredentials } from './refused-credentials.ts';

const NOON = Date.parse('2026-11-02T12:00:00Z');
const MINUTE_MS = 60_000;

it.each([
  ['S3', 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  ['EC2', 'RequestExpired', 'Request has expired.'],
  [
    'a service of JSON',
    'InvalidSignatureException',
    'Signature expired: 20261102T114000Z is now earlier than 20261102T115500Z',
  ],
  [
    'one whose clock is behind',
    'InvalidSignatureException',
    'Signature not yet current: 20261102T122000Z is still later than 20261102T121500Z',
  ],
])('a wrong clock is told from a wrong key: %s', (_who, code, message) => {
  const ahead = refusedCredentials({ code, message }, NOON, NOON + 20 * MINUTE_MS);
  expect(ahead?.what).toBe('this machine’s clock is 20 minutes ahead, and AWS takes no request signed with it');
  const behind = refusedCredentials({ code, message }, NOON, NOON - 20 * MINUTE_MS);
  expect(behind?.what).toBe('this machine’s clock is 20 minutes behind, and AWS takes no request signed with it');
  expect(refusedCredentials({ code, message }, Number.NaN, NOON)?.what).toContain('clock is wrong');
});

it.each([
  ['InvalidSignatureException', 'The request signature we calculated does not match', /secret key/],
  ['ExpiredTokenException', 'The security token included in the request is expired', /have expired/],
  ['RequestExpired', 'Request has expired.', /have expired/],
  ['AuthFailure', 'AWS was not able to validate the provided access credentials', /does not take this access key/],
  ['AccessDenied', 'Access Denied', undefined],
  ['toString', '', undefined],
])('%s', (code, message, what) => {
  const refused = refusedCredentials({ code, message }, NOON, NOON);
  if (what === undefined) expect(refused).toBeUndefined();
  else expect(refused?.what).toMatch(what);
});
