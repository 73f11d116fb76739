import { describe, expect, it } from 'vitest';
import { renewAt } from './certificate-renewal.ts';
import { drainingIn, platformsIn } from './orders.ts';

describe('orders to drain', () => {
  it('are the draining workers of all pools', () => {
    const pools = { a: { draining: ['x', 'y'], wanted: 1 }, b: { draining: [] }, c: { draining: ['z'] } };
    expect(drainingIn(JSON.stringify({ pools }))).toEqual(new Set(['x', 'y', 'z']));
  });
  it.each(['{}', 'no JSON', '{"pools":{"a":{}}}'])('are not read into %j', (text) => {
    expect(() => drainingIn(text)).toThrow();
  });
});

it('the platforms of pools are those that the status tells of', () => {
  const platform = { OSFamily: 'linux', gpu: 'yes' };
  const pools = { old: { draining: [] }, gpu: { draining: [], platform } };
  expect(platformsIn(JSON.stringify({ pools }))).toEqual({ gpu: platform });
});

describe('a certificate', () => {
  it('is renewed after two thirds of its time', () => {
    const dates = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-01-01T12:00:00Z' };
    expect(new Date(renewAt(dates)).toISOString()).toBe('2026-01-01T08:00:00.000Z');
  });
});
