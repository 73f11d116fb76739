import { describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../config-schema/keys.ts';
import { fastScheduleRuleName, serverStackName, slowScheduleRuleName } from '../templates/names.ts';
import { dispatch } from './dispatch.ts';
import { memoryBucket } from './documents.fixture.ts';
import { emptyAccount } from './ports.fixture.ts';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const settings = {
  installation: 'bbf',
  version: '0.0.0-test',
  defaultEngine: { server: 's', worker: 'w' },
  publicAddresses: true,
};
const invocation = { id: 'i', deadline: NOW, lifeMs: 120_000 };
const scheduled = (rule: string) => ({
  source: 'aws.events',
  resources: [`arn:aws:events:us-east-1:000000000000:rule/${rule}`],
});
const fast = scheduled(fastScheduleRuleName('bbf'));
const slow = scheduled(slowScheduleRuleName('bbf'));

/** Two clusters that want so many workers; the fast schedule as it is. */
function account(workers: number, isFast: boolean) {
  const bucket = memoryBucket(() => NOW);
  for (const name of ['one', 'two']) {
    const spec = { pools: { default: { workers } } };
    bucket.put(clusterKey(name), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name }, spec }));
  }
  let on = isFast;
  const ports = {
    ...emptyAccount(bucket, NOW),
    schedule: {
      isFast: async () => on,
      setFast: async (enabled: boolean) => {
        on = enabled;
      },
    },
  };
  const seen = () => ['one', 'two'].filter((name) => bucket.text(statusKey(name)));
  return {
    bucket,
    ports,
    seen,
    isFast: () => on,
    wake: (event: unknown) => dispatch(ports, settings, invocation, event),
  };
}

describe('an event', () => {
  it('of a cluster’s stack leads to that cluster', async () => {
    const { wake, seen } = account(0, false);
    const stack = `arn:aws:cloudformation:us-east-1:000000000000:stack/${serverStackName('bbf', 'two')}/1`;
    await wake({ source: 'aws.cloudformation', resources: [stack] });
    expect(seen()).toEqual(['two']);
  });

  it.each([slow, fast, {}, null])('that names none leads to all: %j', async (event) => {
    const { wake, seen } = account(0, false);
    await wake(event);
    expect(seen()).toEqual(['one', 'two']);
  });

  it('fails when a cluster fails, after the others had their turn', async () => {
    const { wake, seen, ports, bucket } = account(0, false);
    ports.documents = {
      ...bucket,
      write: async (key, text, etag) => {
        if (key === statusKey('one')) throw new Error('AccessDenied');
        return bucket.write(key, text, etag);
      },
    };
    await expect(wake(slow)).rejects.toThrow('AccessDenied');
    expect(seen()).toEqual(['two']);
  });
});

describe('the fast schedule', () => {
  it('is turned off by itself once no cluster is awake, and only then', async () => {
    const { wake, isFast, bucket } = account(3, true);
    await wake(fast);
    expect(isFast()).toBe(true);
    for (const name of ['one', 'two']) for (const key of [clusterKey(name), statusKey(name)]) bucket.delete(key);
    await wake(slow);
    expect(isFast()).toBe(true);
    await wake(fast);
    expect(isFast()).toBe(false);
  });

  it('is turned on again by the slow one where it was lost', async () => {
    const { wake, isFast, ports } = account(3, false);
    await wake(slow);
    expect(isFast()).toBe(true);
    await ports.schedule.setFast(false);
    await wake(slow);
    expect(isFast()).toBe(true);
  });

  it('is turned on again for the others where one cluster fails', async () => {
    const { wake, isFast, ports, bucket } = account(3, false);
    await wake(slow);
    await ports.schedule.setFast(false);
    const read: typeof bucket.read = async (key, ...more) => {
      if (key === clusterKey('one') || key === statusKey('one')) throw new Error('a bug');
      return bucket.read(key, ...more);
    };
    ports.documents = { ...bucket, read };
    await expect(wake(slow)).rejects.toThrow('a bug');
    expect(isFast()).toBe(true);
  });

  it('stays as it is for any other event', async () => {
    const { wake, isFast, ports } = account(3, false);
    await wake(null);
    await ports.schedule.setFast(false);
    await wake(null);
    expect(isFast()).toBe(false);
  });
});
