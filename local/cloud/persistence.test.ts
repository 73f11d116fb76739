/** What is on disk after a change, a flush, and damage. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskBlobs } from './disk-blobs.ts';
import { createPersistence } from './persistence.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bbf-persistence-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(states: Record<string, unknown> = {}) {
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  return { ...createPersistence({ directory, snapshot: () => states, report }), reports };
}

describe('createPersistence', () => {
  it('gives back what was saved', () => {
    const { changed, flush } = open({ s3: { buckets: {} }, iam: { roles: {} } });
    changed('s3');
    changed('iam');
    flush();
    expect(open().load()).toMatchObject({ s3: { buckets: {} }, iam: { roles: {} }, ecs: undefined });
  });
  it('writes only what changed, and keeps it from other users', () => {
    const { changed, flush } = open({ s3: {}, iam: {} });
    changed('iam');
    flush();
    expect(readdirSync(directory)).toEqual(['iam.json']);
    expect(statSync(join(directory, 'iam.json')).mode & 0o777).toBe(0o600);
  });
  it.each([
    ['torn', '{"format":1,"state":{"buck', 'JSON'],
    ['of another format', '{"format":99,"state":{}}', 'its format is 99'],
  ])('puts a file aside that is %s, and loses no other', (_, text, reason) => {
    const { changed, flush } = open({ iam: { roles: {} } });
    changed('iam');
    flush();
    writeFileSync(join(directory, 's3.json'), text);
    const again = open();
    expect(again.load()).toMatchObject({ s3: undefined, iam: { roles: {} } });
    expect(again.reports).toHaveLength(1);
    expect(again.reports[0]).toContain(reason);
    expect(readFileSync(join(directory, 's3.json.unreadable'), 'utf8')).toBe(text);
  });
});

describe('createDiskBlobs', () => {
  it('keeps bodies from other users: an authority’s key may be one', () => {
    const place = join(directory, 'blobs');
    createDiskBlobs(place).put('a', Buffer.from('x'));
    expect(statSync(place).mode & 0o777).toBe(0o700);
    expect(statSync(join(place, 'a')).mode & 0o777).toBe(0o600);
  });

  it('keeps a deleted body until the sweep', () => {
    const blobs = createDiskBlobs(directory);
    blobs.put('a', Buffer.from('x'));
    blobs.delete('a');
    expect(Buffer.from(blobs.get('a') ?? []).toString()).toBe('x');
    blobs.sweep();
    expect(blobs.get('a')).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });
});
