/** An index of tags that is late, as AWS's may be: it goes on listing what it has listed once. */
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import type { WorldOnPort } from '../world-on-port.ts';

/** From now on. @param more ARNs that it lists as well @returns all that it lists */
export async function keepListing({ cloud, tagging }: WorldOnPort, more: string[] = []): Promise<string[]> {
  const { ResourceTagMappingList = [] } = await tagging.send(new GetResourcesCommand({ ResourcesPerPage: 100 }));
  const arns = [...ResourceTagMappingList.map(({ ResourceARN = '' }) => ResourceARN), ...more];
  const body = JSON.stringify({ ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN })) });
  const { handle } = cloud;
  cloud.handle = async (request) =>
    request.headers['x-amz-target']?.endsWith('.GetResources')
      ? { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Buffer.from(body) }
      : handle(request);
  return arns;
}
