import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { condition, lease, pool, statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

/** A cluster that the reconciler has just looked at. */
function putCluster(name: string, change: Parameters<typeof statusDouble>[0] = {}): void {
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name, uid: 'uid-1' }, spec: {} };
  const observedRevision = bucket.put(clusterKey(name), JSON.stringify(document));
  const status = statusDouble({ cluster: name, heartbeatAt: new Date(program.now()).toISOString(), ...change });
  const conditions = status.conditions.map((one) => ({ ...one, observedRevision }));
  bucket.put(statusKey(name), JSON.stringify({ ...status, conditions, observedRevision }));
}

const items = async () => {
  await dispatch(['clusters', '--json'], program);
  return JSON.parse(program.stdout()).items;
};

describe('bbf clusters', () => {
  it('shows what each has, costs, and why it is as it is', async () => {
    putCluster('main', {
      leases: [lease('a')],
      pools: { default: pool(3), arm: pool(2) },
      cost: { usdPerHour: 0.5, usdToday: 1.25, day: '2026-01-01', accountedAt: '2026-01-01T00:00:00Z' },
    });
    putCluster('night', {
      conditions: [condition('Asleep', 'True', 'Asleep')],
      asleep: { since: '2026-01-01T00:00:00Z', uid: 'uid-1' } as never,
      pools: { default: pool(0) },
    });
    bucket.put(clusterKey('young'), '{}');
    await dispatch(['clusters'], program);
    expect(program.stdout().split('\n')).toEqual([
      '   CLUSTER  STATE    WORKERS  LEASES  USD/H  USD TODAY  WHY',
      '*  main     ready    5/5      1       0.5    1.25',
      '   night    asleep   0/0      0       0      0',
      expect.stringMatching(/^ {3}young {4}unknown {2}- {8}- {7}- {6}- {10}the reconciler has not looked at it yet/),
      '',
    ]);
  });

  it('says of one that waits what it waits for', async () => {
    putCluster('main', {
      conditions: [condition('Ready', 'False', 'Starting'), condition('ServerAvailable', 'True', 'Serving')],
      pools: { default: pool(3, { running: 1, registered: 1 }) },
    });
    expect(await items()).toMatchObject([
      { name: 'main', state: 'converging', finding: { wish: 'pool default', reason: 'Starting' } },
    ]);
  });

  it('leaves deleted clusters out, and says where there is none', async () => {
    const [metadata, spec] = [{ name: 'gone', uid: 'uid-1' }, { delete: { uid: 'uid-1' } }];
    bucket.put(clusterKey('gone'), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata, spec }));
    await dispatch(['clusters'], program);
    expect(program.stdout()).toBe('');
    expect(program.stderr()).toMatch(/^no clusters in context .+; try: bbf create\n$/);
  });

  it('is not ended by one whose status is none', async () => {
    putCluster('main');
    bucket.put(clusterKey('odd'), '{}');
    bucket.put(statusKey('odd'), '{"apiVersion": "bbf/v9", "kind": "Status"}');
    expect(await items()).toMatchObject([{ name: 'main' }]);
    expect(program.stderr()).toMatch(/^bbf: odd is left out: .+ is Status bbf\/v9, and this bbf understands/);
  });
});
