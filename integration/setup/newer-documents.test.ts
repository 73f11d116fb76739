/** A cluster's document of a newer apiVersion is left alone: by set-up, and by a reconciler that does not know it. */
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { startWorld } from '../world.ts';
import { openWorlds } from '../world-on-port.ts';
import { run } from './person.ts';

const newer = {
  apiVersion: 'bbf/v2',
  kind: 'Cluster',
  metadata: { name: 'main' },
  spec: { groups: [{ size: 5 }] },
};

describe('a document of a newer apiVersion', () => {
  let worlds: Awaited<ReturnType<typeof openWorlds>>;
  beforeAll(async () => {
    worlds = await openWorlds();
  });
  afterAll(() => worlds.close());

  it('is not written by set-up', async () => {
    const world = await worlds.fresh({ authorities: '' });
    const revision = await world.put(clusterKey('main'), newer);
    const { code } = await run(world, ['setup', '--context=test', '--log-retention-days=7'], ['yes']);
    expect(code).toBe(0);
    const listing = { Bucket: world.bucket, Prefix: clusterKey('main') };
    const { Versions } = await world.s3.send(new ListObjectVersionsCommand(listing));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([revision]);
    expect(world.requests.filter(({ method, path }) => method !== 'GET' && path.endsWith('/cluster.json'))).toEqual([]);
    world.end();
  });

  it('changes nothing of a running cluster, and the status says why', async () => {
    const world = await startWorld();
    const spec = { pools: { default: { workers: 1, memoryMiB: 8192 } }, scaling: { idleAfter: '1d' } };
    await world.writeCluster(spec);
    for (let n = 0; n < 4; n++) {
      await world.invoke();
      await world.advance(60_000);
      await world.report(1);
    }
    await world.invoke();
    const before = await world.status();
    expect(before.pools.default).toMatchObject({ desired: 1 });
    const object = { Bucket: 'bbf-world', Key: clusterKey('main') };
    const text = JSON.stringify(newer);
    await world.s3.send(new PutObjectCommand({ ...object, Body: text }));
    world.requests.length = 0;
    for (let n = 0; n < 3; n++) {
      await world.invoke();
      await world.advance(60_000);
      await world.report(1);
    }
    const after = await world.status();
    expect(after.pools.default).toMatchObject({ desired: 1 });
    expect(after.acceptedRevision).toBe(before.acceptedRevision);
    const accepted = after.conditions.find(({ type }) => type === 'Accepted');
    expect(accepted).toMatchObject({ status: 'False', message: expect.stringMatching(/newer version of bbf/) });
    const changes = world.requests.filter(({ body }) =>
      /Action=(Create|Update|Delete)Stack/.test(Buffer.from(body).toString()),
    );
    expect(changes).toEqual([]);
    const { StackSummaries } = await world.cfn.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
    expect(StackSummaries).toEqual([]);
    const kept = await (await world.s3.send(new GetObjectCommand(object))).Body?.transformToString();
    expect(kept).toBe(text);
  });
});
