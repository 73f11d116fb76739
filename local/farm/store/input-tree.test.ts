import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { directoryCodec } from '../wire/codec.ts';
import { digestOf } from '../wire/digest.ts';
import { openBlobStore } from './blob-store.ts';
import { createTreeReader } from './input-tree.ts';

const file = Buffer.from('file');
const leaf = directoryCodec.encode({ files: [{ name: 'f', digest: digestOf(file) }] });
const root = directoryCodec.encode({
  files: [{ name: 'same', digest: digestOf(file) }],
  directories: [
    { name: 'a', digest: digestOf(leaf) },
    { name: 'b', digest: digestOf(leaf) },
  ],
});

async function storeWith(...blobs: Buffer[]) {
  const store = openBlobStore({ directory: temporaryDirectory(), maxBytes: 1e6 });
  for (const blob of blobs) await store.put(digestOf(blob), blob);
  return store;
}

describe('the walk over an input tree', () => {
  it('names every directory and file once, and gives the directories along', async () => {
    const store = await storeWith(root, leaf, file);
    const tree = await createTreeReader(store).read(digestOf(root), 1e6);
    expect(tree.missing).toEqual([]);
    expect([...tree.hashes].sort()).toEqual([root, leaf, file].map((blob) => digestOf(blob).hash).sort());
    expect(tree.directories.map((bytes) => Buffer.from(bytes))).toEqual([root, leaf]);
  });

  it('gives no more directories along than there is room for', async () => {
    const store = await storeWith(root, leaf, file);
    const tree = await createTreeReader(store).read(digestOf(root), root.length);
    expect(tree.directories).toHaveLength(1);
  });

  it.each([
    ['the root', [leaf, file], root],
    ['a directory', [root, file], leaf],
    ['a file', [root, leaf], file],
  ])('reports %s that is missing', async (_what, present, missing) => {
    const tree = await createTreeReader(await storeWith(...present)).read(digestOf(root), 1e6);
    expect(tree.missing).toEqual([digestOf(missing)].map((digest) => expect.objectContaining(digest)));
  });
});
