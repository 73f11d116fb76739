import { describe, expect, it } from 'vitest';
import { clusterKey, clusterPrefix } from '../config-schema/keys.ts';
import { startWorld } from './world.ts';

const spec = { suspend: true };

describe('the same text written again', () => {
  it.each([0, 400, 5_000])('is answered as the revision that it is, %i ms after it was read', async (ms) => {
    const world = await startWorld();
    await world.writeCluster(spec);
    await world.invoke();
    const first = (await world.status()).observedRevision;
    await world.advance(ms);
    await world.writeCluster(spec);
    await world.invoke();
    const second = (await world.status()).observedRevision;
    expect(second).not.toBe(first);
    expect(second).toBe((await world.ports.documents.read(clusterKey('main')))?.revision);
  });

  it('is not read again once it can not have changed unseen', async () => {
    const world = await startWorld();
    await world.writeCluster(spec);
    await world.advance(5_000);
    await world.invoke();
    await world.advance(5_000);
    expect(await world.invoke()).not.toContain('GetObject');
    expect((await world.ports.documents.list(clusterPrefix('main'))).length).toBe(2);
  });
});
