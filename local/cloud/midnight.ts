/** What AWS does once a day, at midnight UTC. */
import type { World } from './kernel.ts';

export const DAY_MS = 24 * 60 * 60_000;

/**
 * Runs at once for the midnight that was last: the machine may have been off then, or asleep. So it may run twice for one.
 *
 * @param key of the world's timer
 * @param run is given the midnight that it runs for, milliseconds since the epoch
 */
export function atEachMidnight(world: World, key: string, run: (midnight: number) => void): void {
  const midnight = Math.floor(world.now() / DAY_MS) * DAY_MS;
  run(midnight);
  world.schedule(key, midnight + DAY_MS, () => atEachMidnight(world, key, run));
}
