import { describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { whyTooShort } from './outlast.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOW + minutes * MINUTE).toISOString();
const away = new Failure('unavailable', 'no certificate could be had: it is away', { next: 'bbf doctor' });
const denied = new Failure('permission', 'no certificate could be had: 403', { next: 'bbf doctor' });

// what is so | certificate ends in, is renewed in | why not renewed | AWS credentials end in | may start, or exit code
const rows: [string, number, number, Error | undefined, number | undefined, number | undefined][] = [
  ['a long life, credentials that renew themselves', 720, 480, undefined, undefined, undefined],
  ['a long life, credentials that end soon', 720, 480, undefined, 5, undefined],
  ['a short life that is renewed all the time', 10, 7, undefined, undefined, undefined],
  ['a short life, credentials that last beyond its renewal', 10, 7, undefined, 8, undefined],
  ['a short life, credentials that end before', 10, 7, undefined, 6, exitCodes.permission],
  ['a short life, credentials that have ended', 10, 7, undefined, -1, exitCodes.permission],
  ['an old one that could not be renewed, good for an hour', 60, -1, away, undefined, undefined],
  ['an old one that could not be renewed, good for less', 59, -1, away, undefined, exitCodes.unavailable],
  ['an old one whose renewal is refused', 59, -1, denied, undefined, exitCodes.permission],
];

describe('whether a build may start on its certificate', () => {
  it.each(rows)('%s', (_what, ends, renewed, failure, credentials, exitCode) => {
    const credentialsEnd = credentials === undefined ? undefined : NOW + credentials * MINUTE;
    const certificate = { notAfter: at(ends), renewAt: at(renewed) };
    expect(whyTooShort({ certificate, failure, credentialsEnd }, NOW)?.exitCode).toBe(exitCode);
  });

  it('says what ends when, and what to do', () => {
    const certificate = { notAfter: at(10), renewAt: at(7) };
    const failure = whyTooShort({ certificate, failure: undefined, credentialsEnd: NOW + 5 * MINUTE }, NOW);
    expect(failure?.message).toMatch(/certificate ends in 10m 00s.*AWS credentials end in 5m 00s/);
    expect(failure?.next).toMatch(/sign in/);
  });
});
