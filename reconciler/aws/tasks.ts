/** One task of the farm, through ECS, with the addresses that EC2 gave its network interface. */
import { DescribeTasksCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs';
import type { FarmTask } from '../access/issue.ts';
import { type Ec2Target, interfaceAddresses } from './network-interface.ts';

/**
 * @param publicAddresses whether the tasks of this installation have such
 * @returns null when ECS knows no such task, or stops it
 */
export async function farmTask(
  ecs: ECSClient,
  ec2: Ec2Target,
  ecsCluster: string,
  taskId: string,
  publicAddresses: boolean,
): Promise<FarmTask | null> {
  // ECS answers an id of another form with an error of its own; such an id is no task of ours.
  if (!/^[0-9a-f]{32}$|^[0-9a-f-]{36}$/.test(taskId)) return null;
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: ecsCluster, tasks: [taskId] }));
  const [task] = tasks;
  if (!task || task.desiredStatus === 'STOPPED') return null;
  const service = /^service:(.+)$/.exec(task.group ?? '')?.[1];
  const interfaceId = interfaceOf(task);
  if (service === undefined || interfaceId === undefined) return null;
  const addresses = async () => {
    const { all, isPublic } = await interfaceAddresses(ec2, interfaceId);
    return publicAddresses && !isPublic ? null : all;
  };
  return { service, addresses };
}

function interfaceOf(task: Task): string | undefined {
  const attachment = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface');
  return attachment?.details?.find(({ name }) => name === 'networkInterfaceId')?.value;
}
