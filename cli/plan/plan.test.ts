import { afterEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { startWorld } from '../../integration/world.ts';
import { createColors } from '../output/colors.ts';
import { foresee } from './foresee.ts';
import { type Preview, previewOf } from './preview.ts';
import { previewText } from './preview-text.ts';
import { readOnly } from './read-only.ts';

type World = Awaited<ReturnType<typeof startWorld>>;
const settings = {
  installation: 'bbf',
  version: '0.0.0-world',
  defaultEngine: { server: 'server', worker: 'worker' },
  publicAddresses: true,
};

let world: World;
afterEach(() => world.stop());

const documentOf = (spec: object) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
const want = (workers: number) => ({ pools: { default: { workers } } });

async function planned(edit?: object): Promise<Preview> {
  const ports = readOnly(world.ports);
  const now = await foresee(ports, settings, 'main');
  if (edit === undefined) return previewOf(now, now);
  return previewOf(now, await foresee(ports, settings, 'main', documentOf(edit)));
}

/** Everything that the cloud holds, as a value. */
const everything = () => structuredClone(world.cloud.snapshot());

async function converged(workers: number): Promise<void> {
  world = await startWorld();
  await world.writeCluster(want(workers));
  for (let look = 0; look < 5; look++) {
    await world.invoke();
    await world.advance(60_000);
    await world.report(workers);
  }
  await world.invoke();
}

const words = (preview: Preview) => preview.actions.map((action) => action.words);

describe('a plan', () => {
  it('is what the next pass then does, and writes nothing itself', async () => {
    world = await startWorld();
    await world.writeCluster(want(3));
    const seen: string[][] = [];
    for (let look = 0; look < 6; look++) {
      const before = everything();
      const preview = await planned();
      expect(everything()).toEqual(before);
      await world.invoke();
      const { actions } = await world.status();
      expect(preview.actions.map(({ type, target, reason }) => ({ type, target, reason }))).toEqual(
        actions.map(({ type, target, reason }) => ({ type, target, reason })),
      );
      seen.push(words(preview));
      await world.advance(60_000);
      await world.report(3);
    }
    expect(seen[0]).toEqual([
      'turn the fast schedule on',
      'create stack bbf--main--server',
      'create stack bbf--main--pool--default',
    ]);
    expect(seen[1]).toEqual(['update stack bbf--main--server']);
    expect(seen[2]).toEqual(['start the build server (0 → 1)', 'update stack bbf--main--pool--default']);
    expect(seen[3]).toEqual(['start 3 workers of pool default (0 → 3)']);
    expect(seen.at(-1)).toEqual([]);
  });

  it('of a converged cluster is nothing', async () => {
    await converged(2);
    const preview = await planned();
    expect(preview).toMatchObject({ changes: false, actions: [], waits: [], unread: [], edits: [] });
    expect(preview.server).toMatchObject({ before: 1, after: 1 });
    expect(preview.pools.default).toMatchObject({ before: 2, afterPass: 2, after: 2 });
    expect(preview.usdPerHour.after).toBeCloseTo(preview.usdPerHour.before, 5);
    expect(preview.revision).toMatch(/./);
  });
});

describe('a plan of an edit', () => {
  it('shows the growth, the money, and writes nothing', async () => {
    await converged(2);
    const before = everything();
    const preview = await planned(want(5));
    expect(everything()).toEqual(before);
    expect(words(preview)).toEqual(['start 3 workers of pool default (2 → 5)']);
    expect(preview).toMatchObject({ changes: true, revision: null, pools: { default: { before: 2, after: 5 } } });
    expect(preview.usdPerHour.after).toBeGreaterThan(preview.usdPerHour.before);
  });

  it('reads what the edit makes necessary: the stack and service of a new pool, the stack of a new shape', async () => {
    await converged(1);
    const preview = await planned({
      pools: { default: { workers: 1, cpu: 8192, memoryMiB: 16384 }, arm: { workers: 1 } },
    });
    expect(words(preview)).toContain('create stack bbf--main--pool--arm');
    expect(preview.pools.arm).toMatchObject({ before: 0, afterPass: 0, after: 1 });
    const waits = preview.waits.map(({ wish, reason }) => `${wish}: ${reason}`);
    expect(waits).toContain('pool arm: StackAbsent');
    expect(waits).toContain('pool default: Draining');
    // Not where it passes through, but where it ends.
    expect(preview.pools.default).toMatchObject({ after: 1, because: expect.stringContaining('by way of zero') });
  });

  it('says what waits: a worker that must drain first', async () => {
    await converged(2);
    const preview = await planned(want(0));
    expect(preview).toMatchObject({
      changes: true,
      actions: [],
      pools: { default: { before: 2, afterPass: 2, after: 0 } },
    });
    expect(preview.waits).toMatchObject([{ wish: 'pool default', reason: 'Draining' }]);
  });

  it('of suspending says that nothing changes', async () => {
    await converged(1);
    const preview = await planned({ ...want(4), suspend: true });
    expect(preview).toMatchObject({ changes: false, actions: [], pools: { default: { before: 1, after: 1 } } });
    expect(preview.waits.map(({ reason }) => reason)).toContain('Suspended');
  });

  it('makes a cluster that is not there yet', async () => {
    world = await startWorld();
    const preview = await planned(want(1));
    expect(words(preview)).toContain('create stack bbf--main--server');
    expect(await world.ports.documents.read(clusterKey('main'))).toBe(null);
  });
});

it('a plan that could not read everything says so', async () => {
  await converged(1);
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });
  const services = { ...world.ports.services, describe: () => Promise.reject(denied) };
  const now = await foresee({ ...world.ports, services }, settings, 'main');
  expect(previewOf(now, now).unread).toEqual(['ECS services: AccessDeniedException: not authorized']);
});

it('its text tells actions, counts, money and what is open', async () => {
  world = await startWorld();
  const text = previewText(await planned(want(2)), 'c.json', 100, createColors(false));
  expect(text).toContain('main: with c.json, the first pass would do 3 things\n');
  expect(text).toContain('  2. create stack bbf--main--server\n     StackAbsent: ');
  expect(text).toMatch(/pool default {2}0 → 2 +spec\.workers; 0 after this pass/);
  expect(text).toMatch(/cost +0\.00 → 0\.\d+ +USD\/h at list price/);
  expect(text).toMatch(/still open\n {2}- no server serves/);
});

it('a write by whatever reads for a plan fails before it is sent', async () => {
  world = await startWorld();
  const ports = readOnly(world.ports);
  await expect(ports.documents.write('clusters/main/status.json', '{}', null)).rejects.toThrow(
    'bbf plan writes nothing',
  );
  await expect(ports.services.setDesiredCount('bbf--main--server', 1)).rejects.toThrow('bbf plan writes nothing');
  await expect(ports.schedule.setFast(true)).rejects.toThrow('bbf plan writes nothing');
  const hands = Object.entries(ports.stacks).filter(([name]) => name !== 'read' && name !== 'list');
  for (const [, hand] of hands)
    await expect((hand as () => Promise<void>)()).rejects.toThrow('bbf plan writes nothing');
});
