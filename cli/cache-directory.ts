/** Where bbf keeps what it can make again. */
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
    return join(tmpdir(), `bbf-home-${process.getuid?.() ?? 'nobody'}`);
  }
}
