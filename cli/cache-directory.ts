/** Where bbf keeps what it can make again. */
import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homeOf(env), '.cache'), 'bbf');
}

/** A container may run as a number that no account has, without HOME: then a folder of its own among those that the machine forgets. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  try {
    return env.HOME || homedir();
  } catch {
    return temporaryHome(process.getuid?.() ?? 0);
  }
}

/** What another user made under that name is not used: it may name another installation, and keys are kept in it. */
function temporaryHome(uid: number): string {
  const path = join(tmpdir(), `bbf-home-${uid}`);
  mkdirSync(path, { mode: 0o700, recursive: true });
  const found = lstatSync(path);
  const isOwn = found.isDirectory() && found.uid === uid && (found.mode & 0o77) === 0;
  return isOwn ? path : mkdtempSync(`${path}-`);
}
