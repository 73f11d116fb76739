/** Which task this is and at which address, as the task metadata endpoint version 4 says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { askAgent } from './plain-http.ts';

interface TaskIdentity {
  taskId: string;
  /** IPv4, the task's own. */
  address: string;
}

interface TaskMetadata {
  TaskARN?: string;
  Containers?: { Networks?: { IPv4Addresses?: string[] }[] }[];
}

const ATTEMPTS = 20;
const PAUSE_MS = 250;

async function read(url: string): Promise<TaskIdentity> {
  const { status, json } = await askAgent('GET', url);
  const metadata = (json ?? {}) as TaskMetadata;
  const taskId = metadata.TaskARN?.split('/').at(-1);
  const address = metadata.Containers?.flatMap(({ Networks }) => Networks ?? []).flatMap(
    ({ IPv4Addresses }) => IPv4Addresses ?? [],
  )[0];
  if (taskId && address) return { taskId, address };
  throw new Error(
    `${url} answered ${status} without a TaskARN and an IPv4 address; this program has to run as an ECS task`,
  );
}

/**
 * The network may be attached a moment after the container has started, so it is asked for some seconds.
 * @param base `$ECS_CONTAINER_METADATA_URI_V4`
 */
export async function taskIdentity(base: string): Promise<TaskIdentity> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read(`${base}/task`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
