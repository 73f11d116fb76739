/** Unpacks the zip of a function into a directory of its own, once for each hash. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * @param codeSha256 base64
 * @param read gives the zip; asked only if its directory is not there yet
 * @returns the directory
 */
export function unpackOnce(cache: string, codeSha256: string, read: () => Uint8Array): string {
  const directory = join(cache, Buffer.from(codeSha256, 'base64').toString('hex'));
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  // Under another name until it is whole: a process that dies in between leaves nothing that looks complete.
  const unfinished = mkdtempSync(join(cache, 'unpacking-'));
  try {
    unpack(read(), unfinished);
    renameSync(unfinished, directory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}

function unpack(zip: Uint8Array, directory: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    if (name.endsWith('/')) continue;
    const file = resolve(directory, name);
    if (!file.startsWith(directory + sep)) throw new Error(`The zip holds ${name}, which lies outside of it.`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
