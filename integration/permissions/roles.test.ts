/** The roles, as the foundation makes them, allow every call that is made in them, and no more. */
import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { activityKey, leaseKey } from '../../config-schema/keys.ts';
import { roleName } from '../../templates/names.ts';
import { STACK, setup } from '../setup/person.ts';
import { startWorld } from '../world.ts';
import { OTHER, openWorlds } from '../world-on-port.ts';
import { allows, type PolicyDocument } from './evaluate.ts';
import { rightsOf } from './rights-of-calls.ts';

const PLACE = { region: 'us-east-1', account: '000000000000', installation: 'bbf' };

async function policyOf(iam: IAMClient, RoleName: string): Promise<PolicyDocument> {
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'bbf' }));
  return JSON.parse(decodeURIComponent(PolicyDocument));
}

describe('the role that starts tasks', () => {
  const pulls = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];

  it.each([
    ['', [], 'bbf/farm-server', 'tools/worker'],
    [', with others named', ['--image-repositories=tools/*'], 'tools/worker', 'bbf/farm-server'],
  ])('pulls from the repositories of its installation, whatever its name%s', async (_, flags, other, foreign) => {
    const worlds = await openWorlds();
    const world = await worlds.fresh({ authorities: '' });
    expect((await setup(world, flags)).code).toBe(0);
    const policy = await policyOf(world.iam, roleName(OTHER, 'execution', PLACE.region));
    const { StackResourceSummaries = [] } = await world.cfn.send(new ListStackResourcesCommand({ StackName: STACK }));
    const own = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::ECR::Repository');
    expect(own).toHaveLength(6);
    const may = (repository = '') => {
      const resource = `arn:aws:ecr:us-east-1:000000000000:repository/${repository}`;
      return pulls.every((action) => allows(policy, { action, resource }));
    };
    expect(own.filter(({ PhysicalResourceId }) => !may(PhysicalResourceId))).toEqual([]);
    expect([may(other), may(foreign)]).toEqual([true, false]);
    world.end();
    await worlds.close();
  });
});

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
    const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({}));
    const roles = Stacks.filter(({ StackName }) => StackName?.startsWith('bbf--main--')).map(({ RoleARN }) => RoleARN);
    const own = `arn:aws:iam::000000000000:role/${roleName('bbf', 'stacks', PLACE.region)}`;
    expect(roles, 'CloudFormation acts with a role of its own').toEqual([own, own]);
    await world.writeCluster({ ...spec, pools: { default: { ...spec.pools.default, slots: 2 } } });
    for (let n = 0; n < 4; n++) await look();
    await world.writeCluster({ ...spec, delete: { uid: (await world.status()).uid } });
    for (let n = 0; n < 8; n++) await look(0);
    const policy = await policyOf(world.iam, roleName('bbf', 'reconciler', PLACE.region));
    const rights = world.requests.flatMap((request) => rightsOf(request, PLACE));
    const asked = new Set(rights.map(({ action }) => action));
    for (const action of ['CreateStack', 'UpdateStack', 'DeleteStack'])
      expect(asked).toContain(`cloudformation:${action}`);
    expect(asked).toContain('ecs:UpdateService');
    expect(asked).toContain('iam:PassRole');
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

describe.each(['server', 'worker'] as const)('the role of a %s', (kind) => {
  const resource = 'arn:aws:lambda:us-east-1:000000000000:function:bbf--reconciler';
  const byUrl = { 'lambda:FunctionUrlAuthType': 'AWS_IAM', 'lambda:InvokedViaFunctionUrl': 'true' };

  it('calls the reconciler by its URL, where Lambda names the caller, and not with an event that names another', async () => {
    const world = await startWorld();
    const policy = await policyOf(world.iam, roleName('bbf', kind, PLACE.region));
    const may = (action: string, context?: Record<string, string>) =>
      allows(policy, { action, resource, ...(context && { context }) });
    expect([may('lambda:InvokeFunctionUrl', byUrl), may('lambda:InvokeFunction', byUrl)]).toEqual([true, true]);
    expect(may('lambda:InvokeFunction')).toBe(false);
  });

  it('writes no lease, of no cluster, under any name', async () => {
    const world = await startWorld();
    const policy = await policyOf(world.iam, roleName('bbf', kind, PLACE.region));
    const mayWrite = (key: string) =>
      allows(policy, { action: 's3:PutObject', resource: `arn:aws:s3:::bbf-world/${key}` });
    expect(mayWrite(activityKey('main'))).toBe(kind === 'server');
    expect([leaseKey('main', 'b-1'), 'clusters/main/leases/x/activity.json'].filter(mayWrite)).toEqual([]);
  });
});
