import { describe, expect, it } from 'vitest';
import { directoryCodec } from '../wire/codec.ts';
import { digestOf } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { createDirectoryCache } from './directory-cache.ts';
import type { RemoteBlobs } from './remote-blobs.ts';

const encoded = (...names: string[]) =>
  directoryCodec.encode({ symlinks: names.map((name) => ({ name, target: 't' })) });
const above = (children: Uint8Array[]) =>
  directoryCodec.encode({ directories: children.map((child, i) => ({ name: `d${i}`, digest: digestOf(child) })) });

/** A server's directories; `asked` holds what was asked for. */
function remoteWith(blobs: Uint8Array[], until: Promise<void> = Promise.resolve()) {
  const byHash = new Map(blobs.map((data) => [digestOf(data).hash, data]));
  const asked: Digest[] = [];
  const remote: RemoteBlobs = {
    async fetch(digests, whole) {
      asked.push(...digests);
      await until;
      for (const digest of digests) whole(digest, byHash.get(digest.hash) ?? encoded('another'));
    },
    upload: async () => {},
  };
  return { remote, asked };
}

const linkOf = (tree: (digest: Digest) => { symlinks: { name: string }[] }, data: Uint8Array) =>
  tree(digestOf(data)).symlinks[0]?.name;

describe('directories of input trees', () => {
  it('come with the order, from before, or from the server, each once', async () => {
    const [a, b, c] = [encoded('a'), encoded('b'), encoded('c')];
    const { remote, asked } = remoteWith([b, c]);
    const directories = createDirectoryCache();
    const first = above([a, b, b]);
    const tree = await directories.tree(digestOf(first), [first, a], remote);
    expect([a, b].map((data) => linkOf(tree, data))).toEqual(['a', 'b']);
    const second = above([a, b, c]);
    await directories.tree(digestOf(second), [second], remote);
    expect(asked).toEqual([digestOf(b), digestOf(c)]);
  });

  it('are not what the server sends instead', async () => {
    const root = above([encoded('gone')]);
    const failing = createDirectoryCache().tree(digestOf(root), [root], remoteWith([]).remote);
    await expect(failing).rejects.toThrow(/something else for directory/);
  });

  it('stay while the tree is read, however many others come meanwhile', async () => {
    const directories = createDirectoryCache();
    const [known, late] = [encoded('known'), encoded('late')];
    const root = above([known, late]);
    await directories.tree(digestOf(known), [known], remoteWith([]).remote);
    let come = () => {};
    const coming = new Promise<void>((resolve) => {
      come = resolve;
    });
    const slow = directories.tree(digestOf(root), [root], remoteWith([late], coming).remote);
    for (const half of [0, 1]) {
      const many = Array.from({ length: 11_000 }, (_, i) => encoded(`${half}-${i}`));
      const large = above(many);
      await directories.tree(digestOf(large), [large, ...many], remoteWith([]).remote);
    }
    come();
    const tree = await slow;
    expect([known, late].map((data) => linkOf(tree, data))).toEqual(['known', 'late']);
  });

  it('of a tree of any size are known for the next action', async () => {
    const directories = createDirectoryCache();
    const many = Array.from({ length: 11_000 }, (_, i) => encoded(`d${i}`));
    const root = above(many);
    const { remote, asked } = remoteWith(many);
    for (let action = 0; action < 3; action += 1) await directories.tree(digestOf(root), [root], remote);
    expect(asked).toHaveLength(many.length);
  });
});
