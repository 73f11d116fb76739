import { describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import type { Version } from '../versions.ts';
import { findRevision } from './revisions.ts';

const versions = ['newest-1', 'middle-2', 'middle-3', 'oldest-4'].map((revision) => ({ revision }) as Version);
const find = (name: string) => findRevision(versions, 'main', name).revision;

describe('a revision', () => {
  it.each([
    ['@~0', 'newest-1'],
    ['@~3', 'oldest-4'],
    ['~1', 'middle-2'],
    ['olde', 'oldest-4'],
    ['middle-3', 'middle-3'],
  ])('%s is %s', (name, revision) => {
    expect(find(name)).toBe(revision);
  });

  it.each([
    ['@~4', exitCodes.notFound, 'bbf history --cluster=main'],
    ['old', exitCodes.notFound, 'bbf history --cluster=main'],
    ['midd', exitCodes.usage, 'bbf history --cluster=main'],
    [
      '/home/me',
      exitCodes.notFound,
      '@~N instead of ~N, of which a shell makes a folder; bbf history --cluster=main lists them',
    ],
  ])('%s is none', (name, exitCode, next) => {
    expect(() => find(name)).toThrow(expect.objectContaining({ exitCode, next }));
  });
});
