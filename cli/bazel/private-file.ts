/** Small JSON files that only their owner may read, in directories that only their owner may enter. */
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';

const OTHERS = 0o077;

/**
 * undefined for a file that is absent, broken, a link, or open to others: then it is not to be trusted, and is made again.
 * @param distrusted told why a file that is there is not taken
 */
export async function readPrivate<T>(
  path: string,
  distrusted: (why: string) => void = () => {},
): Promise<Partial<T> | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode, uid } = await file.stat();
    const why = whyNotPrivate(mode, uid);
    if (why !== undefined) {
      distrusted(`${path} ${why}`);
      return undefined;
    }
    const value: unknown = JSON.parse(await file.readFile('utf8'));
    return typeof value === 'object' && value !== null ? (value as Partial<T>) : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

function whyNotPrivate(mode: number, uid: number): string | undefined {
  if (uid !== process.getuid?.()) return `belongs to another user (${uid})`;
  return (mode & OTHERS) === 0 ? undefined : `is open to others (mode ${(mode & 0o777).toString(8)})`;
}

/**
 * By rename, so that two bbf that write at once leave one of the two files whole.
 * @throws Failure (system) where the directory is somebody else's
 */
export const writePrivate = (path: string, value: unknown): Promise<void> =>
  writePrivateText(path, `${JSON.stringify(value)}\n`);

/** The same for any text. */
export async function writePrivateText(path: string, text: string): Promise<void> {
  await privateDirectory(dirname(path));
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}

async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode, uid } = await stat(path);
  if (uid !== process.getuid?.())
    throw new Failure('system', `${path} belongs to another user (${uid}), who could take what bbf keeps there`, {
      next: `remove ${path}, or set XDG_CACHE_HOME to a directory of your own`,
    });
  if ((mode & OTHERS) !== 0) await chmod(path, 0o700);
}
