import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { lockKey } from '../config-schema/keys.ts';
import { lockOf } from '../reconciler/lock.ts';
import { fastScheduleRuleName } from '../templates/names.ts';
import { startWorld } from './world.ts';

const idle = { scaling: { idleAfter: '10m' } };

describe('the lock', () => {
  it('has one holder, ends with it, and is taken over once its time is up', async () => {
    const world = await startWorld();
    const [first, second] = ['a', 'b'].map((holder) => lockOf(world.ports, 'main', holder, 120_000));
    expect(await first?.hold()).toBe(true);
    expect(await first?.hold()).toBe(true);
    expect(await second?.hold()).toBe(false);
    await first?.release();
    expect(await second?.hold()).toBe(true);
    await world.advance(126_000);
    const third = lockOf(world.ports, 'main', 'c', 120_000);
    expect(await third.hold()).toBe(true);
    // The one that was overtaken must not release what is another's now.
    await second?.release();
    expect((await world.ports.documents.list(lockKey('main'))).length).toBe(1);
    await third.release();
    expect(await world.ports.documents.list(lockKey('main'))).toEqual([]);
  });

  it('is free again after an invocation, whatever it did', async () => {
    const world = await startWorld();
    await world.writeCluster({ pools: { default: { workers: 1 } } });
    await world.invoke({ stay: true });
    expect(await world.ports.documents.list(lockKey('main'))).toEqual([]);
  });
});

describe('with every event lost, the schedule alone', () => {
  it('makes the cluster, takes it to zero, and turns its fast self off', async () => {
    const world = await startWorld();
    const ruleState = async () =>
      (await world.events.send(new DescribeRuleCommand({ Name: fastScheduleRuleName('bbf') }))).State;
    await world.writeCluster({ pools: { default: { workers: 2 } }, ...idle });
    const look = async (workers: number) => {
      await world.invoke();
      await world.advance(60_000);
      await world.report(workers);
    };
    for (let minute = 0; minute < 5; minute++) await look(2);
    expect((await world.status()).pools.default).toMatchObject({ desired: 2, running: 2 });
    expect(await ruleState()).toBe('ENABLED');
    for (let minute = 0; minute < 20; minute++) await look(0);
    const status = await world.status();
    expect(status.asleep).not.toBe(null);
    expect(status).toMatchObject({ awake: false, server: { desired: 0, running: 0 } });
    await world.invoke({ fastSchedule: true });
    expect(await ruleState()).toBe('DISABLED');
  });
});
