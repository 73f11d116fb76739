/** Writes what was built, so that a program which starts during a build reads the old file or the new one. */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${process.pid}`);
  await writeFile(temporary, content);
  await chmod(temporary, mode);
  await rename(temporary, path);
}
