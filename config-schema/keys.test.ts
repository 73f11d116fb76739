import { describe, expect, it } from 'vitest';
import {
  AUTHORITY_KEY,
  activityKey,
  bundleKey,
  clusterKey,
  clusterOfKey,
  clusterPrefix,
  leaseKey,
  leasesPrefix,
  lockKey,
  statusKey,
} from './keys.ts';

// These are what policies and events of CloudFormation name.
it.each([
  [clusterPrefix('main'), 'clusters/main/'],
  [clusterKey('main'), 'clusters/main/cluster.json'],
  [statusKey('main'), 'clusters/main/status.json'],
  [activityKey('main'), 'clusters/main/activity.json'],
  [lockKey('main'), 'clusters/main/lock.json'],
  [leasesPrefix('main'), 'clusters/main/leases/'],
  [leaseKey('main', 'abc'), 'clusters/main/leases/abc.json'],
  [AUTHORITY_KEY, 'access/authority.json'],
  [bundleKey('0f'), 'bundles/reconciler-0f.zip'],
])('%s', (key, expected) => expect(key).toBe(expected));

describe('clusterOfKey', () => {
  it.each([[clusterKey], [statusKey], [activityKey], [lockKey], [(name: string) => leaseKey(name, 'abc')]])(
    'finds the cluster of a key that was made for it',
    (key) => expect(clusterOfKey(key('main'))).toBe('main'),
  );

  it.each([
    ['clusters/'],
    ['clusters/main'],
    ['clusters/main/'],
    ['clusters//x'],
    ['access/authority.json'],
    ['a/clusters/main/x'],
  ])('%s is of no cluster', (key) => expect(clusterOfKey(key)).toBeUndefined());
});
