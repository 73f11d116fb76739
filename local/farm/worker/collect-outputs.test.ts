import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { directoryCodec, treeCodec } from '../wire/codec.ts';
import { digestOf } from '../wire/digest.ts';
import type { Command } from '../wire/messages.ts';
import { Code } from '../wire/status.ts';
import { collectOutputs } from './collect-outputs.ts';

const command = (more: Partial<Command>): Command => ({
  arguments: [],
  environmentVariables: [],
  outputFiles: [],
  outputDirectories: [],
  outputPaths: [],
  platform: null,
  workingDirectory: '',
  ...more,
});

function rootWith(make: (path: (name: string) => string) => void): string {
  const root = temporaryDirectory();
  make((name) => join(root, name));
  return root;
}

const collect = (root: string, ...outputPaths: string[]) => collectOutputs(command({ outputPaths }), root, 1e6);

describe('outputs', () => {
  it('that are files have their digest and their right to run', async () => {
    const root = rootWith((path) => {
      writeFileSync(path('plain'), 'p');
      writeFileSync(path('tool'), 't', { mode: 0o755 });
    });
    const { result, sources } = await collect(root, 'plain', 'tool');
    expect(result.outputFiles).toEqual([
      { path: 'plain', digest: digestOf(Buffer.from('p')) },
      { path: 'tool', digest: digestOf(Buffer.from('t')), isExecutable: true },
    ]);
    expect(sources).toHaveLength(2);
  });

  it('that are absent are left out', async () => {
    expect((await collect(temporaryDirectory(), 'nothing', 'no/thing')).result.outputFiles).toEqual([]);
  });

  it('are sought below the working directory, and named as they were asked for', async () => {
    const root = rootWith((path) => {
      mkdirSync(path('w/d'), { recursive: true });
      writeFileSync(path('w/d/f'), '');
    });
    const { result } = await collectOutputs(command({ workingDirectory: 'w', outputFiles: ['d/f'] }), root, 1e6);
    expect(result.outputFiles.map(({ path }) => path)).toEqual(['d/f']);
  });

  it('of old clients are read from their two lists, unless there is a common one', async () => {
    const root = rootWith((path) => {
      mkdirSync(path('d'));
      for (const name of ['f', 'g']) writeFileSync(path(name), name);
    });
    const old = command({ outputFiles: ['f'], outputDirectories: ['d'] });
    const { result } = await collectOutputs(old, root, 1e6);
    expect([result.outputFiles[0]?.path, result.outputDirectories[0]?.path]).toEqual(['f', 'd']);
    const both = await collectOutputs({ ...old, outputPaths: ['g'] }, root, 1e6);
    expect([both.result.outputFiles[0]?.path, both.result.outputDirectories]).toEqual(['g', []]);
  });

  it('that are directories become a tree in the one form that gives its digests', async () => {
    const root = rootWith((path) => {
      for (const name of ['d/b/same', 'd/a/same']) mkdirSync(path(name), { recursive: true });
      for (const name of ['d/b/same/f', 'd/a/same/f', 'd/z', 'd/empty'])
        writeFileSync(path(name), name.endsWith('f') ? 'x' : '');
      chmodSync(path('d/z'), 0o755);
      symlinkSync('z', path('d/link'));
    });
    const { result, sources } = await collect(root, 'd');
    const digest = result.outputDirectories[0]?.treeDigest;
    const bytes = sources.find((source) => source.digest.hash === digest?.hash);
    const tree = treeCodec.decode(bytes && 'data' in bytes ? bytes.data : Buffer.of());
    expect(tree.root?.files.map(({ name, isExecutable }) => [name, isExecutable])).toEqual([
      ['empty', false],
      ['z', true],
    ]);
    expect(tree.root?.symlinks).toEqual([expect.objectContaining({ name: 'link', target: 'z' })]);
    expect(tree.root?.directories.map(({ name }) => name)).toEqual(['a', 'b']);
    // `a` and `b` are equal, and so are the directories `same` in them: each comes once.
    const known = new Set(tree.children.map((child) => digestOf(directoryCodec.encode(child)).hash));
    expect(known.size).toBe(2);
    expect(tree.children).toHaveLength(2);
    for (const { directories } of [...(tree.root ? [tree.root] : []), ...tree.children]) {
      for (const child of directories) expect(known).toContain(child.digest?.hash);
    }
  });

  it('that are symbolic links are named for clients of either age', async () => {
    const root = rootWith((path) => {
      mkdirSync(path('d'));
      symlinkSync('d', path('to-directory'));
      symlinkSync('nowhere', path('dangling'));
      symlinkSync('/usr/bin/env', path('outside'));
    });
    const { result } = await collect(root, 'to-directory', 'dangling', 'outside');
    expect(result.outputSymlinks.map(({ path, target }) => [path, target])).toEqual([
      ['to-directory', 'd'],
      ['dangling', 'nowhere'],
      ['outside', '/usr/bin/env'],
    ]);
    expect(result.outputDirectorySymlinks.map(({ path }) => path)).toEqual(['to-directory']);
    expect(result.outputFileSymlinks.map(({ path }) => path)).toEqual(['dangling', 'outside']);
  });

  it('that point into the input root by an absolute path are taken as what they lead to', async () => {
    const root = rootWith((path) => {
      writeFileSync(path('f'), 'x');
      symlinkSync(path('f'), path('absolute'));
    });
    const { result } = await collect(root, 'absolute');
    expect(result.outputFiles).toEqual([{ path: 'absolute', digest: digestOf(Buffer.from('x')) }]);
  });

  it('may not be larger than the worker allows', async () => {
    const root = rootWith((path) => writeFileSync(path('f'), 'four'));
    const collected = collectOutputs(command({ outputPaths: ['f'] }), root, 3);
    await expect(collected).rejects.toMatchObject({ code: Code.FAILED_PRECONDITION });
  });
});
