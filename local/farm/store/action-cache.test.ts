import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { treeCodec } from '../wire/codec.ts';
import { digestOf } from '../wire/digest.ts';
import type { ActionResult, Digest } from '../wire/messages.ts';
import { openActionCache } from './action-cache.ts';
import { openBlobStore } from './blob-store.ts';

const action = digestOf(Buffer.from('action'));
const content = Buffer.from('content');
const empty: ActionResult = {
  outputFiles: [],
  outputDirectories: [],
  outputFileSymlinks: [],
  outputDirectorySymlinks: [],
  outputSymlinks: [],
  exitCode: 0,
};
const treeWith = (digest: Digest) => {
  const child = { files: [{ name: 'f', digest }], directories: [], symlinks: [] };
  return treeCodec.encode({ root: { files: [], directories: [], symlinks: [] }, children: [child] });
};

/** Where a result can name a blob. */
const places: [name: string, result: (digest: Digest) => ActionResult, also: (digest: Digest) => Buffer[]][] = [
  ['an output file', (digest) => ({ ...empty, outputFiles: [{ path: 'a', digest }] }), () => []],
  ['stdout', (stdoutDigest) => ({ ...empty, stdoutDigest }), () => []],
  ['stderr', (stderrDigest) => ({ ...empty, stderrDigest }), () => []],
  ['a tree', (treeDigest) => ({ ...empty, outputDirectories: [{ path: 'd', treeDigest }] }), () => []],
  [
    'a file inside a tree',
    (digest) => ({ ...empty, outputDirectories: [{ path: 'd', treeDigest: digestOf(treeWith(digest)) }] }),
    (digest) => [treeWith(digest)],
  ],
];

function open(directory = temporaryDirectory()) {
  const blobs = openBlobStore({ directory: `${directory}/cas`, maxBytes: 1e6 });
  return { directory, blobs, cache: openActionCache({ directory: `${directory}/ac`, maxBytes: 1e6, blobs }) };
}

describe('the action cache', () => {
  it.each(places)('has a result only while %s is in the store', async (name, resultOf, also) => {
    const bytes = name === 'a tree' ? treeCodec.encode({ children: [] }) : content;
    const digest = digestOf(bytes);
    const { directory, blobs, cache } = open();
    for (const other of also(digest)) await blobs.put(digestOf(other), other);
    expect(await cache.put(action, resultOf(digest))).toBe(bytes.length === 0);
    await blobs.put(digest, bytes);
    expect(await cache.put(action, resultOf(digest))).toBe(true);
    expect(await cache.get(action)).toMatchObject({ exitCode: 0 });

    const elsewhere = openBlobStore({ directory: `${directory}/other`, maxBytes: 1e6 });
    const bare = openActionCache({ directory: `${directory}/ac`, maxBytes: 1e6, blobs: elsewhere });
    expect((await bare.get(action)) === undefined).toBe(bytes.length > 0);
  });

  it('gives back what was put in, also when opened again', async () => {
    const { directory, blobs, cache } = open();
    await blobs.put(digestOf(content), content);
    const result = {
      ...empty,
      stdoutRaw: Buffer.from('said'),
      outputFiles: [{ path: 'x', digest: digestOf(content) }],
    };
    await cache.put(action, result);
    const found = await open(directory).cache.get(action);
    expect(Buffer.from(found?.stdoutRaw ?? []).toString()).toBe('said');
    expect(found?.outputFiles[0]).toMatchObject({ path: 'x', digest: digestOf(content) });
  });

  it('knows nothing of other actions', async () => {
    expect(await open().cache.get(action)).toBeUndefined();
  });
});
