/** Small JSON files that only their owner may read. */
import { chmod, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** undefined for a file that is absent, broken, or open to others: then it is not to be trusted, and is made again. */
export async function readPrivate<T>(path: string): Promise<Partial<T> | undefined> {
  try {
    const { mode, uid } = await stat(path);
    if ((mode & 0o077) !== 0 || uid !== process.getuid?.()) return undefined;
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Partial<T>) : undefined;
  } catch {
    return undefined;
  }
}

/** By rename, so that two bbf that write at once leave one of the two files whole. */
export async function writePrivate(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}

/** Absent already counts as removed. */
export async function removePrivate(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
