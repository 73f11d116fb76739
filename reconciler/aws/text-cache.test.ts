import { expect, it } from 'vitest';
import { textCache } from './text-cache.ts';

const document = (characters: number) => ({ text: 'x'.repeat(characters), etag: 'e', revision: 'r' });

function cacheOf(sizes: Record<string, number>, limits = { entries: 3, characters: 100 }) {
  const cache = textCache(limits);
  for (const [key, size] of Object.entries(sizes)) cache.set(key, document(size));
  return { cache, kept: Object.keys(sizes).filter((key) => cache.get(key) !== undefined) };
}

it('forgets what was remembered longest ago once there is too much', () => {
  expect(cacheOf({ a: 1, b: 1, c: 1 }).kept).toEqual(['a', 'b', 'c']);
  expect(cacheOf({ a: 1, b: 1, c: 1, d: 1 }).kept).toEqual(['b', 'c', 'd']);
  expect(cacheOf({ a: 50, b: 50 }).kept).toEqual(['a', 'b']);
  expect(cacheOf({ a: 50, b: 50, c: 51 }).kept).toEqual(['c']);
  expect(cacheOf({ a: 1, b: 1, c: 101 }).kept).toEqual(['c']);
});

it('counts what takes the place of another once', () => {
  const { cache } = cacheOf({ a: 90, b: 10 });
  cache.set('b', document(10));
  expect(cache.get('a')?.text).toHaveLength(90);
  cache.set('a', document(5));
  cache.set('c', document(80));
  expect(cache.get('b')?.text).toHaveLength(10);
});
