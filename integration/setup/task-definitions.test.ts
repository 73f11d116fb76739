/** The records of task definitions that teardown deletes: many of them, at the pace that ECS sets. */
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { WireRequest } from '../../local/cloud/kernel.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { run } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const teardown = (flags: string[] = []) => run(world, ['teardown', '--context=test', '--yes', ...flags]);
const records = async () =>
  (await world.ecs.send(new ListTaskDefinitionsCommand({ status: 'INACTIVE' }))).taskDefinitionArns;

/** Revisions of a pool that is gone. */
async function leave(count: number) {
  const definition = { family: 'bbf--gone--server', containerDefinitions: [{ name: 'c', image: 'i', memory: 64 }] };
  const tags = [{ key: 'bbf:installation', value: 'bbf' }];
  for (let revision = 1; revision <= count; revision++) {
    await world.ecs.send(new RegisterTaskDefinitionCommand({ ...definition, tags }));
    await world.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: `bbf--gone--server:${revision}` }));
  }
}

/** What ECS answers to their deletion from now on, where it refuses. */
function refuseDeletion(refusal: () => string | undefined) {
  const { handle } = world.cloud;
  world.cloud.handle = async (request: WireRequest) => {
    const isDeletion = request.headers['x-amz-target']?.endsWith('.DeleteTaskDefinitions') === true;
    const __type = isDeletion ? refusal() : undefined;
    if (__type === undefined) return handle(request);
    return { status: 400, headers: {}, body: Buffer.from(JSON.stringify({ __type, message: 'no' })) };
  };
}

describe('the records of task definitions', () => {
  it('are deleted', async () => {
    await leave(1);
    const { code, stdout } = await teardown();
    expect(code).toBe(0);
    expect(stdout).toContain('and 1 task definitions');
    expect(await records()).toEqual([]);
  });

  it('are deleted no faster than ECS takes it: five calls at once, then one a second', async () => {
    await leave(101);
    const { world: clock } = world;
    let [tokens, at] = [5, clock.now()];
    refuseDeletion(() => {
      [tokens, at] = [Math.min(5, tokens + (clock.now() - at) / 1_000), clock.now()];
      if (tokens < 1) return 'ThrottlingException';
      tokens -= 1;
      return undefined;
    });
    const { code, stdout, notes } = await teardown();
    expect(code, notes).toBe(0);
    expect(stdout).toContain('and 101 task definitions');
    expect(await records()).toEqual([]);
  });

  it('that one may not delete keep neither bucket nor logs', async () => {
    await leave(1);
    refuseDeletion(() => 'AccessDeniedException');
    const { code, notes } = await teardown(['--delete-data']);
    expect(code).toBe(exitCodes.permission);
    expect(notes).toContain('could not delete task definitions: AccessDeniedException');
    expect((await world.s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    expect((await world.logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  });
});
