/** ECS works through a role of its own in the account, which set-up makes where nobody has used ECS before. */
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { STACK, setup } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const DENIED = Buffer.from(
  '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: iam:CreateServiceLinkedRole</Message></Error></ErrorResponse>',
);

describe('bbf setup, in an account that never used ECS', () => {
  const LINKED = 'AWSServiceRoleForECS';
  beforeEach(() => {
    delete world.cloud.services.iam.state.roles[LINKED];
  });

  it('makes the role that ECS needs, and gives it time before there is a cluster', async () => {
    expect((await setup(world)).code).toBe(0);
    const { Role } = await world.iam.send(new GetRoleCommand({ RoleName: LINKED }));
    const { StackEvents = [] } = await world.cfn.send(new DescribeStackEventsCommand({ StackName: STACK }));
    const first = StackEvents.find(({ LogicalResourceId }) => LogicalResourceId === 'EcsCluster');
    expect((first?.Timestamp?.getTime() ?? 0) - (Role?.CreateDate?.getTime() ?? 0)).toBeGreaterThanOrEqual(10_000);
  });

  it('leaves the role alone where it is, and does not wait', async () => {
    expect((await setup(world)).code).toBe(0);
    const before = world.world.now();
    expect((await setup(world)).code).toBe(0);
    expect(world.world.now() - before).toBeLessThan(10_000);
  });

  it('makes nothing when the answer is no', async () => {
    await setup(world, [], ['no']);
    await expect(world.iam.send(new GetRoleCommand({ RoleName: LINKED }))).rejects.toThrow(/cannot be found/);
  });

  it('goes on where the role may not be made, with a word on it', async () => {
    const { handle } = world.cloud;
    world.cloud.handle = async (request) =>
      Buffer.from(request.body).includes('Action=CreateServiceLinkedRole')
        ? { status: 403, headers: {}, body: DENIED }
        : handle(request);
    const { code, notes } = await setup(world);
    expect(code).toBe(0);
    expect(notes).toContain('note: you may not make the service-linked role of ECS');
    expect(notes).toContain('aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com');
  });
});
