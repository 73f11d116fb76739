import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { clusterKey } from '../config-schema/keys.ts';
import { startWorld } from './world.ts';

it('a revision that no document can be is passed over unfetched, in the search for the one that stays in force', async () => {
  const world = await startWorld();
  const { documents } = world.ports;
  await world.writeCluster({ suspend: true });
  await world.invoke();
  const { acceptedRevision } = await world.status();
  const put = async (text: string) => {
    const command = new PutObjectCommand({ Bucket: world.bucket, Key: clusterKey('main'), Body: text });
    return (await world.s3.send(command)).VersionId;
  };
  const oversized = await put(' '.repeat(1_048_577));
  const invalid = await put('{');
  await world.invoke();
  expect(await world.status()).toMatchObject({ acceptedRevision, observedRevision: invalid });
  const revisions = (await documents.revisions(clusterKey('main'))).map(({ revision }) => revision);
  expect(revisions).toEqual([invalid, oversized, acceptedRevision]);
  expect(world.requests.filter(({ query }) => query.get('versionId') === oversized)).toEqual([]);
});

it('a newest revision that no document can be leaves the last valid one in force', async () => {
  const world = await startWorld();
  await world.writeCluster({ pools: { default: { workers: 1 } } });
  await world.invoke();
  const before = await world.status();
  const text = ' '.repeat(1_048_577);
  const put = new PutObjectCommand({ Bucket: world.bucket, Key: clusterKey('main'), Body: text });
  const { VersionId } = await world.s3.send(put);
  await world.invoke();
  const { acceptedRevision, observedRevision, pools, conditions } = await world.status();
  expect({ acceptedRevision, observedRevision }).toEqual({
    acceptedRevision: before.acceptedRevision,
    observedRevision: VersionId,
  });
  expect(pools.default).toMatchObject({ wanted: 1, because: 'spec.workers' });
  expect(conditions.find(({ type }) => type === 'Accepted')).toMatchObject({ status: 'False', reason: 'Invalid' });
});
