import { describe, expect, it } from 'vitest';
import { activityKey, clusterKey, clusterOfKey, leaseKey, lockKey, statusKey } from './keys.ts';

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
