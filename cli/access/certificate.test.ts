import { chmodSync, chownSync, lstatSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { certificateDouble } from './certificate.fixture.ts';
import { freshCertificate, isYoung, keptCertificate } from './certificate.ts';
import { certificateSource } from './certificate-source.ts';

const HOUR = 3_600_000;
const NOBODY = 65_534;
const notRoot = process.getuid?.() !== 0;
if (notRoot) console.warn('skipped: only root can make files of another user');
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const keyIn = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { key: string }).key;

describe('a certificate from the reconciler', () => {
  it('is had from one that is throttled or fails for a while', async () => {
    const { wish, statuses } = await certificateDouble();
    statuses.push(429, 502);
    expect(await freshCertificate(wish)).toMatchObject({ certificate: 'c3' });
  });

  it('is not had when that lasts, and the error says so', async () => {
    const { wish, statuses } = await certificateDouble();
    statuses.push(429, 429, 429, 429);
    await expect(freshCertificate(wish)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(/429.*no, says 429/),
    });
  });

  it('that is refused is not asked for again and again', async () => {
    const { wish, statuses } = await certificateDouble();
    statuses.push(403, 403, 403, 403, 403, 403);
    await expect(freshCertificate(wish)).rejects.toMatchObject({ exitCode: exitCodes.permission });
    expect(statuses.length).toBeGreaterThanOrEqual(4);
  });

  it('is for a key that is made here and never sent', async () => {
    const { wish, bodies } = await certificateDouble();
    const { key } = await freshCertificate(wish);
    expect(key).toMatch(/BEGIN PRIVATE KEY/);
    expect(bodies.join()).toContain('BEGIN CERTIFICATE REQUEST');
    expect(bodies.join()).not.toContain('PRIVATE KEY');
  });

  it.each([60_000, 12 * HOUR])('that lives %i ms is young for two thirds of that', async (lifeMs) => {
    const { wish } = await certificateDouble({ lifeMs, now: () => 1e12 });
    const certificate = await freshCertificate(wish);
    expect(isYoung(certificate, 1e12 + (lifeMs * 2) / 3 - 1)).toBe(true);
    expect(isYoung(certificate, 1e12 + (lifeMs * 2) / 3)).toBe(false);
  });
});

describe('a certificate that is kept', () => {
  it('lies in a file and a directory that only its owner may open', async () => {
    const { wish, file } = await certificateDouble();
    const { key } = await freshCertificate(wish);
    expect([modeOf(dirname(file)), modeOf(file)]).toEqual(['700', '600']);
    expect(await keptCertificate(wish)).toMatchObject({ key });
  });

  it('is not taken from a file that others may read: a new key takes its place, which is said once', async () => {
    const { wish, file, notes } = await certificateDouble();
    await freshCertificate(wish);
    const exposed = keyIn(file);
    chmodSync(file, 0o644);
    await certificateSource(wish).get();
    await certificateSource(wish).get();
    expect(keyIn(file)).not.toBe(exposed);
    expect(modeOf(file)).toBe('600');
    expect(notes).toEqual([
      `${file} is open to others (mode 644): a new key is made in its place`,
      'asking the reconciler for a certificate for main',
    ]);
  });

  it('closes its directory to others again', async () => {
    const { wish, file } = await certificateDouble();
    await freshCertificate(wish);
    chmodSync(dirname(file), 0o755);
    await freshCertificate(wish);
    expect(modeOf(dirname(file))).toBe('700');
  });

  it('is not taken through a link', async () => {
    const { wish, file, bodies } = await certificateDouble();
    await freshCertificate(wish);
    renameSync(file, `${file}.elsewhere`);
    symlinkSync(`${file}.elsewhere`, file);
    await certificateSource(wish).get();
    expect(bodies).toHaveLength(2);
    expect(lstatSync(file).isSymbolicLink()).toBe(false);
  });

  it.skipIf(notRoot)('is not taken from a file of another user', async () => {
    const { wish, file, notes } = await certificateDouble();
    await freshCertificate(wish);
    chownSync(file, NOBODY, NOBODY);
    expect(await keptCertificate(wish)).toBeUndefined();
    expect(notes).toEqual([`${file} belongs to another user (${NOBODY}): a new key is made in its place`]);
  });

  it.skipIf(notRoot)('is not put into a directory of another user', async () => {
    const { wish, file } = await certificateDouble();
    await freshCertificate(wish);
    chownSync(dirname(file), NOBODY, NOBODY);
    await expect(freshCertificate(wish)).rejects.toMatchObject({
      exitCode: exitCodes.system,
      message: expect.stringMatching(/belongs to another user/),
    });
  });

  it('stays when a new one can not be had', async () => {
    const { wish, statuses } = await certificateDouble();
    await freshCertificate(wish);
    statuses.push(403, 403);
    await expect(freshCertificate(wish)).rejects.toThrow();
    expect(await keptCertificate(wish)).toMatchObject({ certificate: 'c1' });
  });
});
