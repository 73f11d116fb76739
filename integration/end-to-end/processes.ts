/** The farm's processes on this machine, found by the environment that the local cloud gave them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Installation } from '../installation.ts';

/** Process ids of the build server or of the workers of this installation. */
export function farmProcesses(installation: Installation, kind: 'server' | 'worker'): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const env = environmentOf(pid);
      const ours = env.includes(`AWS_ENDPOINT_URL=http://127.0.0.1:${installation.port}`);
      const task = env.some((pair) => pair.startsWith('ECS_CONTAINER_METADATA_URI_V4='));
      return ours && task && env.some((pair) => pair.startsWith('BBF_POOL=')) === (kind === 'worker');
    });
}

/** Empty for a process that has gone or is not ours. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
