import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile } from './replace-file.ts';
import { folders } from './testing/folders.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bbf-file-'));
  folders.push(folder);
  return folder;
}

describe('a file that is replaced', () => {
  it('is only its owner’s, and has nothing left beside it', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old', { mode: 0o644 });
    replaceFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is not written through a link that lies where its copy is to be made', () => {
    const folder = temporaryFolder();
    const [path, others, copy] = ['file', 'others', 'file.copy'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(path, 'old');
    writeFileSync(others, 'untouched');
    symlinkSync(others, copy);
    expect(() => replaceFile(path, 'new', copy)).toThrow('EEXIST');
    expect([path, others].map((name) => readFileSync(name, 'utf8'))).toEqual(['old', 'untouched']);
  });

  it('that can not be replaced leaves no copy', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'folder');
    mkdirSync(join(path, 'inner'), { recursive: true });
    expect(() => replaceFile(path, 'new')).toThrow();
    expect(readdirSync(folder)).toEqual(['folder']);
  });
});
