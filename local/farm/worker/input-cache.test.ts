import { appendFileSync, chmodSync, linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { digestOf } from '../wire/digest.ts';
import { InputCache, type NeededFile } from './input-cache.ts';
import { MissingBlob, type RemoteBlobs } from './remote-blobs.ts';

/** A server's blobs; `fetched` counts what was asked for. */
function remoteWith(...contents: string[]) {
  const blobs = new Map(contents.map((content) => [digestOf(Buffer.from(content)).hash, Buffer.from(content)]));
  const fetched: string[] = [];
  const remote: RemoteBlobs = {
    async fetch(digests, whole, chunks) {
      for (const digest of digests) {
        const data = blobs.get(digest.hash);
        if (!data) throw new MissingBlob(digest);
        fetched.push(data.toString());
        if (data.length < 10) whole(digest, data);
        else await chunks(digest, pieces(data));
      }
    },
    upload: async () => {},
  };
  return { remote, fetched };
}
async function* pieces(data: Buffer) {
  for (let at = 0; at < data.length; at += 4) yield data.subarray(at, at + 4);
}
const file = (content: string, executable = false): NeededFile => ({
  digest: digestOf(Buffer.from(content)),
  executable,
});
/** As an action has it. */
function linkTo(cache: InputCache, input: NeededFile): string {
  const link = join(temporaryDirectory(), 'input');
  linkSync(cache.pathOf(input), link);
  return link;
}
const modeOf = (path: string) => statSync(path).mode & 0o777;
const open = (directory = temporaryDirectory()) => new InputCache({ directory, maxBytes: 1e6 });

describe('the input cache', () => {
  it('fetches each blob once, and has it in both modes', async () => {
    const { remote, fetched } = remoteWith('short', 'a longer one');
    const cache = open();
    const files = [file('short'), file('short', true), file('a longer one', true)];
    await cache.ensure(files, remote);
    await cache.ensure(files, remote);
    expect(fetched.sort()).toEqual(['a longer one', 'short']);
    expect(files.map((one) => modeOf(cache.pathOf(one)))).toEqual([0o444, 0o555, 0o555]);
    expect(files.map((one) => readFileSync(cache.pathOf(one), 'utf8'))).toEqual(['short', 'short', 'a longer one']);
  });

  it('fetches once for actions that need a blob at the same time', async () => {
    const { remote, fetched } = remoteWith('a longer one');
    const cache = open();
    await Promise.all([1, 2, 3].map(() => cache.ensure([file('a longer one')], remote)));
    expect(fetched).toHaveLength(1);
  });

  it('fails with the blob that is missing, and not for others', async () => {
    const { remote } = remoteWith('short');
    const cache = open();
    const both = cache.ensure([file('gone')], remote);
    await expect(both).rejects.toMatchObject({ digest: file('gone').digest });
    await cache.ensure([file('short')], remote);
  });

  it('takes nothing but the right content', async () => {
    const liar: RemoteBlobs = {
      async fetch(digests, whole) {
        for (const digest of digests) whole(digest, Buffer.from('wrong'));
      },
      upload: async () => {},
    };
    await expect(open().ensure([file('right')], liar)).rejects.toThrow(/the server sent/);
  });

  it.each([
    ['content', (path: string) => appendFileSync(path, 'more')],
    ['mode', (path: string) => chmodSync(path, 0o777)],
  ])('notices an action that changes the %s through its link, also after a restart', async (_what, change) => {
    const { remote, fetched } = remoteWith('short');
    const directory = temporaryDirectory();
    await open(directory).ensure([file('short')], remote);
    const cache = open(directory);
    const before = await cache.ensure([file('short')], remote);
    expect(cache.changedSince(before, [file('short')])).toBe(false);
    const link = linkTo(cache, file('short'));
    expect(cache.changedSince(before, [file('short')])).toBe(false);
    chmodSync(link, 0o644);
    change(link);
    expect(cache.changedSince(before, [file('short')])).toBe(true);
    await cache.ensure([file('short')], remote);
    expect(fetched).toHaveLength(2);
    expect(readFileSync(cache.pathOf(file('short')), 'utf8')).toBe('short');
  });

  it('notices it too where the file has been fetched anew since', async () => {
    const { remote } = remoteWith('short');
    const cache = open();
    const [one, other] = [await cache.ensure([file('short')], remote), await cache.ensure([file('short')], remote)];
    const link = linkTo(cache, file('short'));
    chmodSync(link, 0o644);
    appendFileSync(link, 'more');
    expect(cache.changedSince(one, [file('short')])).toBe(true);
    const next = await cache.ensure([file('short')], remote);
    expect(cache.changedSince(other, [file('short')])).toBe(true);
    expect(cache.changedSince(next, [file('short')])).toBe(false);
  });

  it('does not take changed content over into the other mode', async () => {
    const { remote } = remoteWith('short');
    const cache = open();
    await cache.ensure([file('short')], remote);
    const link = linkTo(cache, file('short'));
    chmodSync(link, 0o644);
    writeFileSync(link, 'SHORT');
    await cache.ensure([file('short', true)], remote);
    expect(readFileSync(cache.pathOf(file('short', true)), 'utf8')).toBe('short');
  });

  it('fails alone, while what another action fetches still comes', async () => {
    const { remote } = remoteWith('short');
    let come = () => {};
    const coming = new Promise<void>((resolve) => {
      come = resolve;
    });
    const slow: RemoteBlobs = { ...remote, fetch: (...args) => coming.then(() => remote.fetch(...args)) };
    const cache = open();
    const first = cache.ensure([file('short')], slow);
    const second = cache.ensure([file('short'), file('gone')], remote);
    // What is rejected and unheard of for a turn ends the process.
    await setImmediate();
    come();
    await expect(second).rejects.toThrow(MissingBlob);
    await first;
  });

  it('takes outputs over, but not those that have a second name', async () => {
    const { remote, fetched } = remoteWith('out', 'two');
    const cache = open();
    const directory = temporaryDirectory();
    for (const name of ['out', 'two']) writeFileSync(join(directory, name), name);
    linkSync(join(directory, 'two'), join(directory, 'second'));
    for (const name of ['out', 'two']) cache.adoptOutput(file(name), join(directory, name));
    await cache.ensure([file('out'), file('two')], remote);
    expect(fetched).toEqual(['two']);
  });
});
