import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInWorkspace } from './workspace.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bbf-workspace-'));
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder is in a workspace', () => {
  it.each(['MODULE.bazel', 'REPO.bazel', 'WORKSPACE', 'WORKSPACE.bazel'])('below and beside a %s', (marker) => {
    writeFileSync(join(folder, 'a', marker), '');
    expect([folder, join(folder, 'a'), join(folder, 'a', 'b')].map(isInWorkspace)).toEqual([false, true, true]);
  });

  it('not by a folder of that name, nor by another file', () => {
    mkdirSync(join(folder, 'WORKSPACE'));
    writeFileSync(join(folder, 'BUILD.bazel'), '');
    expect(isInWorkspace(join(folder, 'a'))).toBe(false);
  });
});
