/** What stays when the stacks are gone: log groups, which are kept as data, and task definitions, which ECS keeps as records. */
import { farmLogGroupName, reconcilerLogGroupName } from '../../templates/names.ts';
import { jsonCall } from '../aws/json-call.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';

/** Those that set-up makes; a log group that was there before it stays. @returns the names of what was removed */
export async function removeLogGroups({ access, context }: Installation): Promise<string[]> {
  const removed: string[] = [];
  for (const logGroupName of [reconcilerLogGroupName(context.installation), farmLogGroupName(context.installation)]) {
    const answer = await jsonCall(access, {
      doing: `delete log group ${logGroupName}`,
      service: 'logs',
      target: 'Logs_20140328.DeleteLogGroup',
      input: { logGroupName },
      absent: 'ResourceNotFoundException',
    });
    if (answer !== undefined) removed.push(logGroupName);
  }
  return removed;
}

const ECS = 'AmazonEC2ContainerServiceV20141113';
/** ECS takes so many in one call (API reference, DeleteTaskDefinitions). */
const MOST_AT_ONCE = 10;
/** Calls that it takes at once; then one a second (developer guide, "Request throttling for the Amazon ECS API"). */
const BURST = 5;
const PAUSE_MS = 1_000;

/** Deregistered ones only: of a cluster that is gone, all are. @returns the ARNs of what was removed */
export async function removeTaskDefinitions(
  { access, context }: Installation,
  { sleep }: Pick<Program, 'sleep'>,
): Promise<string[]> {
  const arns = await inactiveDefinitions({ access, context });
  for (let start = 0; start < arns.length; start += MOST_AT_ONCE) {
    if (start >= BURST * MOST_AT_ONCE) await sleep(PAUSE_MS);
    await jsonCall(access, {
      doing: 'delete task definitions',
      service: 'ecs',
      target: `${ECS}.DeleteTaskDefinitions`,
      input: { taskDefinitions: arns.slice(start, start + MOST_AT_ONCE) },
    });
  }
  return arns;
}

interface Page {
  families?: string[];
  taskDefinitionArns?: string[];
  nextToken?: string;
}

async function inactiveDefinitions({ access, context }: Pick<Installation, 'access' | 'context'>): Promise<string[]> {
  const pages = async (operation: string, input: object): Promise<string[]> => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const call = { doing: 'list task definitions', service: 'ecs' as const, target: `${ECS}.${operation}` };
      const page: Page = (await jsonCall<Page>(access, { ...call, input: { ...input, nextToken } })) ?? {};
      found.push(...(page.families ?? page.taskDefinitionArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  };
  const familyPrefix = `${context.installation}--`;
  const families = await pages('ListTaskDefinitionFamilies', { familyPrefix, status: 'ALL' });
  const lists = await Promise.all(
    families.map((family) => pages('ListTaskDefinitions', { familyPrefix: family, status: 'INACTIVE' })),
  );
  return lists.flat();
}
