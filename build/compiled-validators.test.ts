import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as fromSource from '../config-schema/parse.ts';
import { bundleOptions } from './options.ts';

/** config-schema/parse.ts as bundles have it. */
async function bundled(): Promise<typeof fromSource> {
  const result = await build({ ...bundleOptions, entryPoints: ['config-schema/parse.ts'] });
  const code = result.outputFiles[0]?.contents ?? new Uint8Array();
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

const cluster = (spec: unknown) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'a' }, spec });

const inBundle = bundled();

describe('validators in a bundle', () => {
  it.each([
    ['defaults', cluster({})],
    ['a pool', cluster({ pools: { default: { workers: 2 } } })],
    ['a field that nobody knows', cluster({ pools: { default: { worker: 2 } } })],
    ['a number out of its range', cluster({ pools: { default: { workers: -1, slots: 1e9 } } })],
    ['values of the wrong type', cluster({ suspend: 'no', pools: [], budget: { usdPerHour: '10' } })],
    ['no value of a list', cluster({ pools: { default: { capacity: 'spott' } } })],
    ['a name that is none', cluster({ pools: { 'Not A Name': {} } })],
    ['a pattern', cluster({ scaling: { idleAfter: '20 minutes' } })],
    ['what is missing', '{"apiVersion":"bbf/v1","kind":"Cluster"}'],
    ['no object', '[]'],
  ])('say of a cluster document the same as the schemas: %s', async (_what, text) => {
    const { parseCluster } = await inBundle;
    expect(parseCluster(text)).toEqual(fromSource.parseCluster(text));
  });

  it('leave fields of newer programs alone', async () => {
    const lease =
      '{"apiVersion":"bbf/v1","kind":"Lease","id":"abc","holder":"b","purpose":"c","pools":{"default":{"workers":1}},"ttlSeconds":60,"new":1}';
    const { parseLease } = await inBundle;
    expect(parseLease(lease)).toEqual({ ok: true, lease: JSON.parse(lease) });
    expect(fromSource.parseLease(lease)).toEqual({ ok: true, lease: JSON.parse(lease) });
  });
});
