/** The Resource Groups Tagging API: what still carries a tag, whatever service it is of. */
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { GetResourcesCommand, type TagFilter } from '@aws-sdk/client-resource-groups-tagging-api';
import { PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { type Case, of } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';
import type { Target } from '../target.ts';

const GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:/tagged';
const BUCKET = `arn:aws:s3:::${Bucket}`;

const found = async ({ tagging }: Target, TagFilters: TagFilter[], more: object = {}) =>
  ((await tagging.send(new GetResourcesCommand({ TagFilters, ...more }))).ResourceTagMappingList ?? [])
    .map(({ ResourceARN, Tags = [] }) => `${ResourceARN} ${Tags.map(({ Key, Value }) => `${Key}=${Value}`)}`)
    .sort();

async function begin(cloud: Target): Promise<void> {
  await bucketIn(cloud);
  const Tagging = { TagSet: [{ Key: 'owner', Value: 'one' }] };
  await cloud.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: '/tagged', tags: { owner: 'two' } }));
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: '/plain' }));
}

const asking = (name: string, documented: unknown, filters: TagFilter[], more: object = {}): Case => ({
  name,
  documented,
  async ask(cloud) {
    await begin(cloud);
    return found(cloud, filters, more);
  },
});

export const taggedThings = of('Tagging GetResources', [
  asking('finds by a key', [`${GROUP} owner=two`, `${BUCKET} owner=one`], [{ Key: 'owner' }]),
  asking('finds by key and value', [`${BUCKET} owner=one`], [{ Key: 'owner', Values: ['one'] }]),
  asking('finds by any of several values', [`${BUCKET} owner=one`], [{ Key: 'owner', Values: ['one', 'three'] }]),
  asking('needs every filter', [], [{ Key: 'owner' }, { Key: 'other' }]),
  asking('finds by a service', [`${GROUP} owner=two`], [], { ResourceTypeFilters: ['logs'] }),
  {
    name: 'knows no roles',
    documented: [],
    async ask(cloud) {
      const trust = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
      };
      const role = {
        RoleName: 'r',
        AssumeRolePolicyDocument: JSON.stringify(trust),
        Tags: [{ Key: 'owner', Value: 'one' }],
      };
      await cloud.iam.send(new CreateRoleCommand(role));
      return found(cloud, [{ Key: 'owner' }]);
    },
  },
]);
