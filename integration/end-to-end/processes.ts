/** The processes of a local cloud on this machine, found by the environment that the local cloud gave them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Installation } from '../installation.ts';

/** Process ids of the build server or of the workers of this installation. */
export function farmProcesses(installation: Installation, kind: 'server' | 'worker'): number[] {
  return cloudProcesses(installation).filter((pid) => {
    const env = environmentOf(pid);
    const task = env.some((pair) => pair.startsWith('ECS_CONTAINER_METADATA_URI_V4='));
    return task && env.some((pair) => pair.startsWith('BBF_POOL=')) === (kind === 'worker');
  });
}

/** Process ids of all that this installation's cloud has started: tasks and functions. */
export function cloudProcesses(installation: Installation): number[] {
  const endpoint = `AWS_ENDPOINT_URL=http://127.0.0.1:${installation.port}`;
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => environmentOf(pid).includes(endpoint));
}

/** Empty for a process that has gone or is not ours. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
