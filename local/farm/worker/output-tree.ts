/** Turns a directory that an action made into a Tree message and the files it names. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { directoryCodec, treeCodec } from '../wire/codec.ts';
import { digestOf } from '../wire/digest.ts';
import type { Digest, Directory, FileNode } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { digestOfFile } from './hashing-writer.ts';
import type { Source } from './remote-blobs.ts';

interface OutputTree {
  /** The encoded Tree. */
  tree: Uint8Array;
  /** Every file of it. */
  sources: (Source & { path: string; executable: boolean })[];
}

/** Proto3 leaves zero out, and digests of directories are taken over exactly such bytes. */
const canonical = ({ hash, sizeBytes }: Digest): Digest =>
  sizeBytes === 0 ? ({ hash } as Digest) : { hash, sizeBytes };

const byName = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

class TreeBuilder {
  readonly children = new Map<string, Directory>();
  readonly sources: OutputTree['sources'] = [];

  async directory(path: string): Promise<Directory> {
    const directory: Directory = { files: [], directories: [], symlinks: [] };
    for (const name of readdirSync(path).sort(byName)) {
      const child = join(path, name);
      const stat = lstatSync(child);
      if (stat.isSymbolicLink()) directory.symlinks.push({ name, target: readlinkSync(child) });
      else if (stat.isDirectory()) directory.directories.push({ name, digest: await this.#child(child) });
      else if (stat.isFile()) directory.files.push(await this.#file(name, child, (stat.mode & 0o111) !== 0));
      else throw new CallError(Code.INVALID_ARGUMENT, `output ${child} is neither file, directory nor symbolic link`);
    }
    return directory;
  }

  async #child(path: string): Promise<Digest> {
    const directory = await this.directory(path);
    const digest = digestOf(directoryCodec.encode(directory));
    this.children.set(digest.hash, directory);
    return canonical(digest);
  }

  async #file(name: string, path: string, executable: boolean): Promise<FileNode> {
    const digest = await digestOfFile(path);
    this.sources.push({ digest, path, executable });
    return { name, digest: canonical(digest), ...(executable && { isExecutable: true }) };
  }
}

export async function outputTree(path: string): Promise<OutputTree> {
  const builder = new TreeBuilder();
  const root = await builder.directory(path);
  const tree = treeCodec.encode({ root, children: [...builder.children.values()] });
  return { tree, sources: builder.sources };
}
