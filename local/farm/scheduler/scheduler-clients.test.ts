import { describe, expect, it } from 'vitest';
import { farm, GRACE, gpu, REMEMBER, UNWANTED } from './farm.fixture.ts';
import { offeredBy } from './platform.ts';

describe('clients', () => {
  it('that all leave have their job cancelled, queued or running, after a while', () => {
    const world = farm();
    const [running, queued] = [world.submit('a'), world.submit('b')];
    world.settle('w');
    world.scheduler.detach(running, 0);
    world.scheduler.detach(queued, 0);
    world.at(UNWANTED - 1);
    expect(world.states('a', 'b')).toEqual(['running on w', 'queued']);
    world.at(UNWANTED);
    expect(world.states('a', 'b')).toEqual(['unknown', 'unknown']);
    expect(world.orders('w')?.cancel).toEqual(['a']);
  });

  it('that come back in time keep it', () => {
    const world = farm();
    const job = world.submit('a');
    world.scheduler.detach(job, 0);
    world.at(UNWANTED - 1);
    world.scheduler.attach(job);
    world.at(UNWANTED * 10);
    expect(world.states('a')).toEqual(['queued']);
  });

  it('can ask for an outcome for some time', () => {
    const world = farm();
    world.submit('a');
    world.settle('w');
    world.finish('w', 'a', 'done');
    world.at(REMEMBER - 1);
    expect(world.scheduler.job('a')?.outcome).toBe('done');
    world.at(REMEMBER);
    expect(world.states('a')).toEqual(['unknown']);
  });

  it('of a server that started anew: what workers run for nobody is cancelled there, once', () => {
    const world = farm();
    expect(world.settle('w', { running: ['old'] }).cancel).toEqual(['old']);
    expect(world.poll('w')).toBeUndefined();
    world.disconnect('w');
    expect(world.settle('w').cancel).toEqual(['old']);
  });
});

describe('draining', () => {
  const loadOf = (world: ReturnType<typeof farm>) => world.scheduler.demand().workers.find(({ name }) => name === 'w');

  it('wakes the worker, which then gets nothing new but may finish', () => {
    const world = farm();
    world.submit('a');
    world.settle('w', { slots: 2, protected: true });
    world.scheduler.setDraining(new Set(['w']));
    expect(world.orders('w')).toEqual({ start: [], cancel: [], draining: true });
    world.submit('b');
    expect(world.settle('w')).toEqual({ start: [], cancel: [] });
    expect(world.states('a', 'b')).toEqual(['running on w', 'queued']);
    expect(loadOf(world)).toMatchObject({ draining: true, drained: false, running: 1 });
  });

  it('ends when the worker was seen empty twice and is no longer protected', () => {
    const world = farm();
    world.settle('w', { protected: true });
    world.scheduler.setDraining(new Set(['w']));
    const seen = [];
    for (const say of [{}, {}, {}, { protected: false }]) {
      world.poll('w', say);
      seen.push(loadOf(world)?.drained);
    }
    expect(seen).toEqual([false, false, false, true]);
  });

  it('is not ended by one sighting', () => {
    const world = farm();
    world.settle('w', { protected: false });
    world.scheduler.setDraining(new Set(['w']));
    world.orders('w');
    world.poll('w');
    expect(loadOf(world)?.drained).toBe(false);
    world.poll('w');
    expect(loadOf(world)?.drained).toBe(true);
  });

  it('can be taken back', () => {
    const world = farm();
    world.settle('w');
    world.scheduler.setDraining(new Set(['w']));
    world.settle('w');
    world.submit('a');
    world.scheduler.setDraining(new Set());
    expect(world.orders('w')).toEqual({ start: ['a'], cancel: [], draining: false });
  });

  it('is known for a worker that comes after the order', () => {
    const world = farm();
    world.submit('a');
    world.scheduler.setDraining(new Set(['w']));
    expect(world.poll('w')).toEqual({ start: [], cancel: [], draining: true });
  });
});

describe('the demand', () => {
  it('counts by pool: the one that fits, the one that is named, or none', () => {
    const world = farm();
    world.submit('a');
    world.submit('b');
    world.submit('g', gpu);
    world.submit('odd', [{ name: 'OSFamily', value: 'plan9' }]);
    world.settle('w');
    expect(world.scheduler.demand()).toMatchObject({
      queued: 3,
      running: 1,
      pools: { default: { queued: 1, running: 1 }, gpu: { queued: 1, running: 0 }, '': { queued: 1, running: 0 } },
    });
  });

  it('of what a pool without a worker offers is that pool’s, and only what no other can take', () => {
    const world = farm();
    const fast = { name: 'disk', value: 'fast' };
    world.scheduler.setPools(offeredBy({ big: { disk: 'fast' }, default: {}, few: { disk: 'fast' } }, 'x64'));
    world.submit('a');
    world.submit('f', [fast]);
    world.submit('odd', [{ name: 'disk', value: 'slow' }]);
    expect(world.scheduler.demand().unmatched).toEqual([{ name: 'disk', value: 'slow' }]);
    const queued = () =>
      Object.fromEntries(Object.entries(world.scheduler.demand().pools).map(([pool, one]) => [pool, one.queued]));
    expect(queued()).toEqual({ default: 1, big: 1, '': 1 });
    // One that has had a worker comes first.
    world.settle('w', { pool: 'few', platform: { Pool: 'few', disk: 'fast' }, accepts: false });
    expect(queued()).toEqual({ few: 2, '': 1 });
  });

  describe('of a pool that left the document', () => {
    const asked = [{ name: 'gpu', value: '1' }];
    const queued = (world: ReturnType<typeof farm>) =>
      Object.entries(world.scheduler.demand().pools).flatMap(([pool, { queued }]) => (queued > 0 ? [pool] : []));
    /** Pool gpu has had a worker, which is gone. */
    const renamed = (platforms: Record<string, Record<string, string>>) => {
      const world = farm();
      world.scheduler.setPools(offeredBy({ gpu: { gpu: '1' } }, 'x64'));
      world.settle('w', { pool: 'gpu', platform: { Pool: 'gpu', gpu: '1' } });
      world.scheduler.setPools(offeredBy(platforms, 'x64'));
      return world;
    };
    const withoutWorker = (world: ReturnType<typeof farm>) => {
      world.disconnect('w');
      world.at(GRACE);
      return world;
    };

    it('is the pool’s that offers the same now', () => {
      const world = withoutWorker(renamed({ big: { gpu: '1' } }));
      world.submit('a', asked);
      expect(queued(world)).toEqual(['big']);
    });

    it('is its own as long as it has a worker', () => {
      const world = renamed({ big: { gpu: '1' } });
      world.settle('w', { accepts: false });
      world.submit('a', asked);
      expect(queued(world)).toEqual(['gpu']);
    });

    it('is no pool’s where an action names it', () => {
      const world = withoutWorker(renamed({ big: { gpu: '1' } }));
      world.submit('a', gpu);
      expect(queued(world)).toEqual(['']);
    });

    it('goes by what the document says of a pool whose workers are gone, and not by what they offered', () => {
      const world = withoutWorker(renamed({ gpu: {}, big: { gpu: '1' } }));
      world.submit('a', asked);
      expect(queued(world)).toEqual(['big']);
    });
  });

  it('is idle since the last job ended, and not while any is queued or running', () => {
    const world = farm();
    expect(world.scheduler.demand().idleSince).toBe(0);
    world.at(10);
    world.submit('a');
    expect(world.scheduler.demand().idleSince).toBeNull();
    world.settle('w');
    world.at(30);
    expect(world.scheduler.demand().idleSince).toBeNull();
    world.finish('w', 'a');
    expect(world.scheduler.demand().idleSince).toBe(30);
  });
});
