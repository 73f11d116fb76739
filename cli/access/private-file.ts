/** Small files that only their owner may read, in directories that only their owner may enter. */
import { chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure, isFailure } from '../failure.ts';
import { parsed } from '../parsed.ts';
import { replaceFile } from '../replace-file.ts';

const OTHERS = 0o077;

/**
 * undefined for a file that is absent, a link, or open to others: then it is not to be trusted, and is made again.
 * @param distrusted told why a file that is there is not taken
 */
export function readPrivateBytes(path: string, distrusted: (why: string) => void = () => {}): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode, uid } = fstatSync(file);
    const why = whyNotPrivate(mode, uid);
    if (why === undefined) return readFileSync(file);
    distrusted(`${path} ${why}`);
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The same for JSON: undefined for a broken one, too. */
export async function readPrivate<T>(
  path: string,
  distrusted?: (why: string) => void,
): Promise<Partial<T> | undefined> {
  const value = parsed(readPrivateBytes(path, distrusted)?.toString() ?? '');
  return typeof value === 'object' && value !== null ? (value as Partial<T>) : undefined;
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

/** The same of what can be made again: a disk that is full or can only be read is no reason to fail. */
export async function keepPrivate(path: string, value: unknown): Promise<void> {
  await writePrivate(path, value).catch((error: unknown) => {
    if (isFailure(error)) throw error;
  });
}

/** The same for any text. */
export const writePrivateText = async (path: string, text: string): Promise<void> => writePrivateBytes(path, text);

/** The same at once. */
export function writePrivateBytes(path: string, bytes: string | Uint8Array): void {
  privateDirectory(dirname(path));
  replaceFile(path, bytes);
}

function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(path);
  if (uid !== process.getuid?.())
    throw new Failure('system', `${path} belongs to another user (${uid}), who could take what bbf keeps there`, {
      next: `remove ${path}, or set XDG_CACHE_HOME to a directory of your own`,
    });
  if ((mode & OTHERS) !== 0) chmodSync(path, 0o700);
}
