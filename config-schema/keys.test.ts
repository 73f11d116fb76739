import { describe, expect, it } from 'vitest';
import {
  AUTHORITY_KEY,
  activityKey,
  bucketUrl,
  bundleKey,
  clusterKey,
  clusterOfKey,
  clusterPrefix,
  isLeaseKey,
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

describe('isLeaseKey', () => {
  it.each([
    [leaseKey('main', 'abc'), true],
    ['clusters/main/leases/by-hand', true],
    ['clusters/main/leases/x/activity.json', false],
    ['clusters/main/leases/', false],
    [leaseKey('other', 'abc'), false],
    [activityKey('main'), false],
  ])('of main: %s is %s', (key, expected) => expect(isLeaseKey('main', key)).toBe(expected));
});

describe('bucketUrl', () => {
  const region = 'eu-west-3';
  it.each([
    [{ region }, 'one', 'https://one.s3.eu-west-3.amazonaws.com'],
    // The certificate is for one label before s3.
    [{ region }, 'one.two', 'https://s3.eu-west-3.amazonaws.com/one.two'],
    [{ region, endpoint: 'http://127.0.0.1:4566/' }, 'one', 'http://127.0.0.1:4566/one'],
  ])('of %j and %s', (place, bucket, url) => expect(bucketUrl(place, bucket)).toBe(url));
});

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
