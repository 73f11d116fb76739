/** The order of timers, and that a seed repeats. */
import { describe, expect, it } from 'vitest';
import { createVirtualWorld } from './virtual-world.ts';

describe('createVirtualWorld', () => {
  it('runs timers in order of time, those they add included', () => {
    const world = createVirtualWorld({ startsAt: 0 });
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${world.now()}`);
    world.schedule('b', 20, note('b'));
    world.schedule('a', 10, () => {
      note('a')();
      world.schedule('c', 15, note('c'));
    });
    world.schedule('late', 31, note('late'));
    world.advance(30);
    expect(ran).toEqual(['a@10', 'c@15', 'b@20']);
    expect(world.now()).toBe(30);
  });
  it('replaces a timer of the same key and forgets a cancelled one', () => {
    const world = createVirtualWorld({ startsAt: 0 });
    const ran: number[] = [];
    world.schedule('k', 5, () => void ran.push(1));
    world.schedule('k', 7, () => void ran.push(2));
    world.schedule('gone', 1, () => void ran.push(3));
    world.cancel('gone');
    world.advance(10);
    expect(ran).toEqual([2]);
  });
  it('stops at the condition, and says so when it never holds', () => {
    const world = createVirtualWorld({ startsAt: 0 });
    let ticks = 0;
    const tick = () => {
      ticks++;
      world.schedule('tick', world.now() + 10, tick);
    };
    tick();
    world.runUntil(() => ticks === 4, 1000);
    expect(world.now()).toBe(30);
    expect(() => world.runUntil(() => false, 50)).toThrow('50 ms of virtual time (seed 1)');
  });
  it('lets promises settle between timers', async () => {
    const world = createVirtualWorld({ startsAt: 0 });
    const ran: number[] = [];
    world.schedule('a', 10, () => {
      void Promise.resolve().then(() => world.schedule('b', world.now() + 10, () => void ran.push(world.now())));
    });
    await world.elapse(25);
    expect(ran).toEqual([20]);
  });
  it('repeats itself for a seed', () => {
    const draw = (seed: number) => {
      const world = createVirtualWorld({ seed });
      return [world.random(), world.uuid()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
