/** Files that the other containers of the task read: whole or not at all, as they are replaced by rename. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';

/** For the user alone. */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

/** The certificate comes last: who sees a new one finds its key and whom to trust. */
export function writeTls(runDirectory: string, { key, authorities, certificate }: TlsMaterial): void {
  const directory = join(runDirectory, 'tls');
  replaceFile(join(directory, 'key.pem'), key);
  replaceFile(join(directory, 'authorities.pem'), authorities);
  replaceFile(join(directory, 'certificate.pem'), certificate);
}
