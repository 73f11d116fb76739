/** What the reconciler knows of tasks that do not come about, through the SDK's client against the local ECS. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  createTestCloud,
  prepare,
  settle,
  startService,
  type TestCloud,
  update,
} from '../local/cloud/ecs/test-cloud.ts';
import { createEcsWire } from '../local/cloud/ecs/wire.ts';
import { ecsServices } from '../reconciler/aws/services.ts';
import { inProcess } from './contract/in-process.ts';

function world() {
  const cloud = createTestCloud();
  prepare(cloud);
  const requests: string[] = [];
  const wire = createEcsWire(cloud.ecs);
  const client = new ECSClient(
    inProcess((request, caller) => {
      requests.push(String(request.headers['x-amz-target']).replace(/^.*\./, ''));
      return wire(request, caller);
    }),
  );
  const services = ecsServices(client, 'farm', () => cloud.world.now());
  const troubles = async () => {
    const { pool } = await services.describe(['pool']);
    return pool && 'troubles' in pool ? pool.troubles : [];
  };
  return { cloud, requests, troubles };
}

const failing = (cloud: TestCloud) => cloud.runtime.missingImages.set('bbf/farm-worker', 'manifest unknown');

describe('tasks that fail', () => {
  it('say why, each time the same, though the events of their service do not', async () => {
    const { cloud, troubles } = world();
    failing(cloud);
    startService(cloud, 1);
    cloud.world.advance(2_000);
    const [first] = await troubles();
    expect(first).toBe('its tasks fail: CannotPullContainerError: manifest unknown');
    cloud.world.advance(30_000);
    expect((await troubles())[0]).toBe(first);
  });

  it('say with which code their container ended', async () => {
    const { cloud, troubles } = world();
    cloud.runtime.onStart = (program) => program.exit(137);
    startService(cloud, 1);
    cloud.world.advance(5_000);
    expect((await troubles())[0]).toBe(
      'its tasks fail: Essential container in task exited; container main: exit code 137',
    );
  });

  it('say so in the end also where ECS counts none, as they had been running', async () => {
    const { cloud } = world();
    const wire = createEcsWire(cloud.ecs);
    const uncounting = new ECSClient(
      inProcess(async (request, caller) => {
        const answer = await wire(request, caller);
        return {
          ...answer,
          body: String(answer.body)
            .replaceAll(/"failedTasks":\d+/g, '"failedTasks":0')
            .replaceAll('unable to consistently start', 'looking at'),
        };
      }),
    );
    const services = ecsServices(uncounting, 'farm', () => cloud.world.now());
    const troubles = async () => {
      const { pool } = await services.describe(['pool']);
      return pool && 'troubles' in pool ? pool.troubles : [];
    };
    cloud.runtime.onStart = (program) => program.exit(1);
    startService(cloud, 1);
    cloud.world.advance(30_000);
    expect(await troubles()).toEqual([]);
    cloud.world.advance(200_000);
    expect((await troubles())[0]).toMatch(/^its tasks fail: .*exit code 1$/);
  });

  it('say so of health checks also where ECS starts another one first, so that no count falls', async () => {
    const cloud = createTestCloud();
    cloud.runtime.onStart = (program) => {
      program.healthy = false;
    };
    prepare(cloud, { healthCheck: { command: ['CMD-SHELL', 'probe'], interval: 5, retries: 2 } });
    const wire = createEcsWire(cloud.ecs);
    const full = new ECSClient(
      inProcess(async (request, caller) => {
        const answer = await wire(request, caller);
        return { ...answer, body: String(answer.body).replaceAll(/"runningCount":0/g, '"runningCount":1') };
      }),
    );
    startService(cloud, 1);
    cloud.world.advance(60_000);
    const { pool } = await ecsServices(full, 'farm', () => cloud.world.now()).describe(['pool']);
    expect(pool).toMatchObject({
      running: 1,
      troubles: expect.arrayContaining([expect.stringMatching(/^its tasks fail: .*health checks/)]),
    });
  });

  it('say nothing of one that ended before all was well again', async () => {
    const { cloud, troubles } = world();
    let starts = 0;
    cloud.runtime.onStart = (program) => void (++starts === 1 && program.exit(1));
    startService(cloud, 1);
    settle(cloud);
    cloud.world.advance(10 * 60_000);
    cloud.ecs.faults.placement = () => 'Capacity is unavailable at this time.';
    update(cloud, { desiredCount: 2 });
    cloud.world.advance(200_000);
    const said = (await troubles()).join();
    expect(said).toContain('Capacity is unavailable');
    expect(said).not.toContain('its tasks fail');
  });

  it('say nothing more once the image is there', async () => {
    const { cloud, troubles } = world();
    failing(cloud);
    startService(cloud, 1);
    cloud.world.advance(2_000);
    cloud.runtime.missingImages.clear();
    settle(cloud);
    expect(await troubles()).toEqual([]);
  });

  it('are asked for by nobody where a service starts and stops as it should', async () => {
    const { cloud, requests, troubles } = world();
    startService(cloud, 2);
    expect(await troubles()).toEqual([]);
    settle(cloud);
    update(cloud, { desiredCount: 0 });
    expect(await troubles()).toEqual([]);
    update(cloud, { desiredCount: 1 });
    expect(await troubles()).toEqual([]);
    expect(new Set(requests)).toEqual(new Set(['DescribeServices']));
  });

  it('are no reason to know nothing of the service where ECS does not let them be listed', async () => {
    const { cloud } = world();
    const wire = createEcsWire(cloud.ecs);
    const refusing = new ECSClient(
      inProcess((request, caller) => {
        if (String(request.headers['x-amz-target']).endsWith('ListTasks')) throw new Error('AccessDeniedException');
        return wire(request, caller);
      }),
    );
    failing(cloud);
    startService(cloud, 1);
    cloud.world.advance(2_000);
    const { pool } = await ecsServices(refusing, 'farm', () => cloud.world.now()).describe(['pool']);
    expect(pool).toMatchObject({ state: 'ACTIVE', desired: 1, running: 0 });
  });
});
