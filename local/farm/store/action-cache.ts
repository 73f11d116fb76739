/** Results of actions on disk. One is given out only while every blob it names is in the store. */
import { readFileSync, writeFileSync } from 'node:fs';
import { actionResultCodec, treeCodec } from '../wire/codec.ts';
import { isDigest } from '../wire/digest.ts';
import type { ActionResult, Digest, Directory } from '../wire/messages.ts';
import type { BlobStore } from './blob-store.ts';
import { KeyedFiles } from './keyed-files.ts';

export interface ActionCache {
  /** Undefined when there is no result, or when a blob of it is gone. */
  get(action: Digest): Promise<ActionResult | undefined>;
  /** For results of successful actions only. False, and nothing stored, when a blob of it is not in the store. */
  put(action: Digest, result: ActionResult): Promise<boolean>;
}

const CACHED_TREES = 2_000;

const filesOf = (directory: Directory) => directory.files.flatMap(({ digest }) => digest ?? []);

/** Answers whether all of a result can be read; reading counts as a use, so the parts of a used result stay together. */
function completeness(blobs: BlobStore): (result: ActionResult) => Promise<boolean> {
  const trees = new Map<string, Digest[]>();

  async function filesOfTree(digest: Digest): Promise<Digest[]> {
    const known = trees.get(digest.hash);
    if (known) return known;
    const tree = treeCodec.decode(await blobs.read(digest));
    const files = [...(tree.root ? [tree.root] : []), ...tree.children].flatMap(filesOf);
    if (trees.size >= CACHED_TREES) trees.clear();
    trees.set(digest.hash, files);
    return files;
  }

  return async (result) => {
    const ofOutputs = result.outputFiles.map(({ digest }) => digest);
    const ofStreams = [result.stdoutDigest, result.stderrDigest].filter((digest) => digest != null);
    const has = (digest: Digest | null) => isDigest(digest) && blobs.has(digest);
    if (![...ofOutputs, ...ofStreams].every(has)) return false;
    for (const { treeDigest } of result.outputDirectories) {
      if (!isDigest(treeDigest) || !blobs.has(treeDigest)) return false;
      if (!(await filesOfTree(treeDigest)).every(has)) return false;
    }
    return true;
  };
}

export function openActionCache(settings: { directory: string; maxBytes: number; blobs: BlobStore }): ActionCache {
  const files = new KeyedFiles(settings);
  const isComplete = completeness(settings.blobs);
  return {
    async get(action) {
      if (files.use(action.hash) === undefined) return undefined;
      const result = actionResultCodec.decode(readFileSync(files.pathOf(action.hash)));
      return (await isComplete(result)) ? result : undefined;
    },
    async put(action, result) {
      if (!(await isComplete(result))) return false;
      const bytes = actionResultCodec.encode(result);
      const path = files.temporaryPath();
      writeFileSync(path, bytes);
      files.adopt(action.hash, path, bytes.length);
      return true;
    },
  };
}
