import { describe, expect, it } from 'vitest';
import { createTestCloud, liveTasks, prepare, startService } from './test-cloud.ts';

function cloudWithTask() {
  const cloud = createTestCloud();
  prepare(cloud);
  startService(cloud, 1);
  cloud.world.advance(1_000);
  const task = liveTasks(cloud)[0]!;
  const { environment } = cloud.runtime.program(task.id)!.start;
  const ask = async (method: string, uri: string, body?: object, headers: Record<string, string> = {}) => {
    const { pathname, searchParams } = new URL(uri);
    const bytes = Buffer.from(body ? JSON.stringify(body) : '');
    const answer = await cloud.ecs.endpoints({ method, path: pathname, query: searchParams, headers, body: bytes });
    return { status: answer.status, body: JSON.parse(String(answer.body)) };
  };
  return { cloud, task, environment: environment as Record<string, string>, ask };
}

describe('the endpoints of a task', () => {
  it('tell its address, its cluster and its size', async () => {
    const { task, environment, ask } = cloudWithTask();
    const { body } = await ask('GET', `${environment.ECS_CONTAINER_METADATA_URI_V4}/task`);
    expect(body).toMatchObject({
      TaskARN: task.arn,
      Cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/farm',
      Family: 'worker',
      Revision: '1',
      KnownStatus: 'RUNNING',
      Limits: { CPU: 1, Memory: 2048 },
      ServiceName: 'pool',
    });
    expect(body.Containers[0].Networks[0].IPv4Addresses).toEqual([task.interface?.address]);
    const own = await ask('GET', environment.ECS_CONTAINER_METADATA_URI_V4!);
    expect(own.body).toMatchObject({ Name: 'main', Image: 'bbf/farm-worker', KnownStatus: 'RUNNING' });
  });

  it('set and show its protection', async () => {
    const { cloud, task, environment, ask } = cloudWithTask();
    const uri = `${environment.ECS_AGENT_URI}/task-protection/v1/state`;
    const protectedUntil = new Date(cloud.world.now() + 60 * 60_000).toISOString();
    const protection = { ProtectionEnabled: true, ExpirationDate: protectedUntil, TaskArn: task.arn };
    const set = await ask('PUT', uri, { ProtectionEnabled: true, ExpiresInMinutes: 60 });
    expect(set).toEqual({ status: 200, body: { protection } });
    expect((await ask('GET', uri)).body).toEqual({ protection });
    await ask('PUT', uri, { ProtectionEnabled: false });
    expect((await ask('GET', uri)).body.protection).toMatchObject({ ProtectionEnabled: false, ExpirationDate: null });
  });

  it('refuse a protection that is too long, and name why one is not valid', async () => {
    const { cloud, environment, ask } = cloudWithTask();
    const uri = `${environment.ECS_AGENT_URI}/task-protection/v1/state`;
    const tooLong = await ask('PUT', uri, { ProtectionEnabled: true, ExpiresInMinutes: 2_881 });
    expect(tooLong).toMatchObject({ status: 400, body: { error: { Code: 'InvalidParameterException' } } });
    cloud.ecs.updateService({ cluster: 'farm', service: 'pool', desiredCount: 0 });
    const blocked = await ask('PUT', uri, { ProtectionEnabled: true });
    expect(blocked.body.failure.Reason).toBe('DEPLOYMENT_BLOCKED');
    cloud.runtime.onTerminate = () => undefined;
    cloud.world.advance(100);
    const stopping = await ask('PUT', uri, { ProtectionEnabled: true });
    expect(stopping.body.failure.Reason).toBe('TASK_NOT_VALID');
  });

  it('hand out credentials of the task role to who knows the token', async () => {
    const { task, environment, ask } = cloudWithTask();
    const uri = environment.AWS_CONTAINER_CREDENTIALS_FULL_URI!;
    const authorization = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN!;
    expect((await ask('GET', uri)).status).toBe(403);
    expect((await ask('GET', uri, undefined, { authorization: 'guess' })).status).toBe(403);
    const { body } = await ask('GET', uri, undefined, { authorization });
    // The session is named by the task: that is how others know which task calls them.
    expect(body).toMatchObject({ RoleArn: task.taskRoleArn, AccessKeyId: 'ASIATEST', Token: task.id });
    expect(Date.parse(body.Expiration)).toBeGreaterThan(0);
  });

  it('are gone with the task, and are nobody else’s', async () => {
    const { cloud, task, environment, ask } = cloudWithTask();
    expect((await ask('GET', 'http://127.0.0.1:4599/_ecs/v4/guess/task')).status).toBe(404);
    cloud.ecs.stopTask({ cluster: 'farm', task: task.id });
    cloud.world.advance(1_000);
    expect((await ask('GET', `${environment.ECS_CONTAINER_METADATA_URI_V4}/task`)).status).toBe(404);
  });
});
