/** The reconciler's role, as the foundation makes it, allows every call that the reconciler makes. */
import { GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { roleName } from '../../templates/names.ts';
import { startWorld } from '../world.ts';
import { allows, type PolicyDocument } from './evaluate.ts';
import { rightsOf } from './rights-of-calls.ts';

const PLACE = { region: 'us-east-1', account: '000000000000', installation: 'bbf' };

describe('the reconciler’s role', () => {
  it('allows a cluster’s whole life, and no edit of its document', async () => {
    const world = await startWorld();
    const spec = { pools: { default: { workers: 1, memoryMiB: 8192 } }, scaling: { idleAfter: '1h' } };
    const look = async (workers = 1) => {
      await world.invoke({ stay: true, fastSchedule: true });
      await world.advance(60_000);
      await world.report(workers);
    };
    await world.writeCluster(spec);
    for (let n = 0; n < 4; n++) await look();
    await world.writeCluster({ ...spec, pools: { default: { ...spec.pools.default, slots: 2 } } });
    for (let n = 0; n < 4; n++) await look();
    await world.writeCluster({ ...spec, delete: { uid: (await world.status()).uid } });
    for (let n = 0; n < 8; n++) await look(0);
    const RoleName = roleName('bbf', 'reconciler', PLACE.region);
    const { PolicyDocument = '' } = await world.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'bbf' }));
    const policy = JSON.parse(decodeURIComponent(PolicyDocument)) as PolicyDocument;
    const rights = world.requests.flatMap((request) => rightsOf(request, PLACE));
    const asked = new Set(rights.map(({ action }) => action));
    for (const action of ['CreateStack', 'UpdateStack', 'DeleteStack'])
      expect(asked).toContain(`cloudformation:${action}`);
    expect(asked).toContain('ecs:UpdateService');
    const refused = rights
      .filter((right) => !allows(policy, right))
      .map(({ action, resource }) => `${action} on ${resource}`);
    expect([...new Set(refused)]).toEqual([]);
    const document = 'arn:aws:s3:::bbf-world/clusters/main/cluster.json';
    expect(allows(policy, { action: 's3:GetObject', resource: document })).toBe(true);
    expect(allows(policy, { action: 's3:PutObject', resource: document })).toBe(false);
    const foundation = 'arn:aws:cloudformation:us-east-1:000000000000:stack/bbf--foundation/id';
    expect(allows(policy, { action: 'cloudformation:DeleteStack', resource: foundation })).toBe(false);
  });
});
