import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import type { Directory } from '../wire/messages.ts';
import { Code } from '../wire/status.ts';
import { checkDirectory, hasRealParents, makeDirectories, segmentsOf } from './paths.ts';

const refused = expect.objectContaining({ code: Code.INVALID_ARGUMENT });
const digest = null;
const empty: Directory = { files: [], directories: [], symlinks: [] };

describe('names in input directories', () => {
  it.each(['', '.', '..', 'a/b', '/etc', 'a\0b', '../x'])('may not be %j', (name) => {
    expect(() => checkDirectory({ ...empty, files: [{ name, digest }] })).toThrow(refused);
    expect(() => checkDirectory({ ...empty, directories: [{ name, digest }] })).toThrow(refused);
    expect(() => checkDirectory({ ...empty, symlinks: [{ name, target: 'x' }] })).toThrow(refused);
  });
  it('may not occur twice, of whatever kind they are: a directory would be made through the symbolic link', () => {
    const symlinks = [{ name: 'a', target: '/etc' }];
    expect(() => checkDirectory({ ...empty, symlinks, directories: [{ name: 'a', digest }] })).toThrow(refused);
  });
  it('may be anything else', () => {
    const files = ['...', 'ä', 'a b', '-rf', 'a\\b', 'a\nb'].map((name) => ({ name, digest }));
    expect(() => checkDirectory({ ...empty, files })).not.toThrow();
  });
});

describe('paths of outputs', () => {
  it.each(['/etc/passwd', '../x', 'a/../../x', 'a//b', './a', 'a/.'])('may not be %j', (path) => {
    expect(() => segmentsOf(path, 'output')).toThrow(refused);
  });
  it('are relative', () => {
    expect(segmentsOf('', 'output')).toEqual([]);
    expect(segmentsOf('a/b.c/', 'output')).toEqual(['a', 'b.c']);
  });
});

describe('directories for outputs', () => {
  it('are never made, nor outputs sought, through a symbolic link', () => {
    const [root, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
    symlinkSync(elsewhere, join(root, 'link'));
    expect(() => makeDirectories(root, ['link', 'made'])).toThrow(refused);
    expect(existsSync(join(elsewhere, 'made'))).toBe(false);
    writeFileSync(join(elsewhere, 'secret'), '');
    expect(hasRealParents(root, ['link', 'secret'])).toBe(false);
  });
  it('are made among those that are there', () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'a'));
    makeDirectories(root, ['a', 'b', 'c']);
    expect(hasRealParents(root, ['a', 'b', 'c', 'file'])).toBe(true);
  });
});
