/** Where bbf keeps what it can make again. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'bbf');
}
