/** Finds what an action was asked to make, and describes it as the protocol does. */
import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { digestOf } from '../wire/digest.ts';
import type { ActionResult, Command, Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { digestOfFile } from './hashing-writer.ts';
import type { NeededFile } from './input-cache.ts';
import { outputTree } from './output-tree.ts';
import { hasRealParents, segmentsOf } from './paths.ts';
import type { Source } from './remote-blobs.ts';

export interface Outputs {
  result: Pick<
    ActionResult,
    'outputFiles' | 'outputDirectories' | 'outputFileSymlinks' | 'outputDirectorySymlinks' | 'outputSymlinks'
  >;
  /** All blobs that the result names. */
  sources: Source[];
  /** Files worth keeping here, as a later action often reads them. */
  files: { file: NeededFile; path: string }[];
}

/** Up to here a file is read in one go; it takes less time than a stream, and small outputs are needed in memory anyway. */
const READ_WHOLE_BYTES = 64 * 1024;

export async function sourceOf(path: string, bytes: number): Promise<Source> {
  if (bytes > READ_WHOLE_BYTES) return { digest: await digestOfFile(path), path };
  const data = readFileSync(path);
  return { digest: digestOf(data), data };
}

/** Where to look, each path once. Newer clients name only `outputPaths`; then the other two lists don't count. */
export function requestedPaths(command: Command): string[] {
  const { outputPaths, outputFiles, outputDirectories } = command;
  return [...new Set(outputPaths.length > 0 ? outputPaths : [...outputFiles, ...outputDirectories])];
}

class Collector {
  readonly outputs: Outputs = {
    result: {
      outputFiles: [],
      outputDirectories: [],
      outputFileSymlinks: [],
      outputDirectorySymlinks: [],
      outputSymlinks: [],
    },
    sources: [],
    files: [],
  };
  readonly #root: string;
  #room: number;

  constructor(root: string, maxBytes: number) {
    this.#root = root;
    this.#room = maxBytes;
  }

  async add(path: string, absolute: string): Promise<void> {
    const stat = lstatSync(absolute, { throwIfNoEntry: false });
    // The client knows best whether it can do without; the result just does not name it.
    if (!stat) return;
    if (stat.isSymbolicLink()) await this.#symlink(path, absolute);
    else await this.#real(path, absolute, stat);
  }

  async #real(path: string, absolute: string, stat: Stats): Promise<void> {
    if (stat.isDirectory()) await this.#directory(path, absolute);
    else if (stat.isFile()) await this.#file(path, absolute, stat);
    else throw new CallError(Code.INVALID_ARGUMENT, `output ${path} is neither file, directory nor symbolic link`);
  }

  async #file(path: string, absolute: string, stat: Stats): Promise<void> {
    this.#take(stat.size);
    const source = await sourceOf(absolute, stat.size);
    const executable = (stat.mode & 0o111) !== 0;
    this.outputs.sources.push(source);
    this.outputs.files.push({ file: { digest: source.digest, executable }, path: absolute });
    this.outputs.result.outputFiles.push({ path, digest: source.digest, ...(executable && { isExecutable: true }) });
  }

  async #directory(path: string, absolute: string): Promise<void> {
    const { tree, sources } = await outputTree(absolute);
    const treeDigest: Digest = digestOf(tree);
    for (const { digest, executable, path: file } of sources) {
      this.#take(digest.sizeBytes);
      this.outputs.files.push({ file: { digest, executable }, path: file });
    }
    this.outputs.sources.push({ digest: treeDigest, data: tree }, ...sources);
    this.outputs.result.outputDirectories.push({ path, treeDigest });
  }

  /**
   * An absolute target inside the input root means nothing on any other machine, so what it leads to is taken instead;
   * any other symbolic link is reported as it is, for clients of either age: before version 2.1 of the protocol they
   * read the list of their kind, later ones the common list.
   */
  async #symlink(path: string, absolute: string): Promise<void> {
    const target = readlinkSync(absolute);
    const to = statSync(absolute, { throwIfNoEntry: false });
    if (to && isAbsolute(target)) {
      const real = realpathSync(absolute);
      if (real.startsWith(`${realpathSync(this.#root)}${sep}`)) return this.#real(path, real, to);
    }
    const { outputSymlinks, outputFileSymlinks, outputDirectorySymlinks } = this.outputs.result;
    outputSymlinks.push({ path, target });
    (to?.isDirectory() ? outputDirectorySymlinks : outputFileSymlinks).push({ path, target });
  }

  #take(bytes: number): void {
    this.#room -= bytes;
    if (this.#room >= 0) return;
    throw new CallError(
      Code.FAILED_PRECONDITION,
      'the outputs of the action are larger than a worker allows for one action',
    );
  }
}

/**
 * @param root the input root
 * @param maxBytes of all outputs together; FAILED_PRECONDITION above
 */
export async function collectOutputs(command: Command, root: string, maxBytes: number): Promise<Outputs> {
  const collector = new Collector(root, maxBytes);
  const base = segmentsOf(command.workingDirectory, 'working directory');
  for (const path of requestedPaths(command)) {
    const segments = [...base, ...segmentsOf(path, 'output')];
    if (hasRealParents(root, segments)) await collector.add(path, join(root, ...segments));
  }
  return collector.outputs;
}
