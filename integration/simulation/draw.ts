/** Draws from seeded chance, in the words of a generator. */
import { seededRandom } from '../../local/cloud/virtual-world.ts';

export interface Draw {
  /** True so often. */
  chance(share: number): boolean;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  /** Each with that share. */
  some<T>(from: readonly T[], share: number): T[];
  /** Like `pick`, by weight. */
  weighted<T>(from: readonly (readonly [number, T])[]): T;
}

export function drawFrom(seed: number): Draw {
  const random = seededRandom(seed);
  // Neighbouring seeds begin alike.
  for (let i = 0; i < 3; i++) random();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return {
    chance: (share) => random() < share,
    int: (from, to) => from + Math.floor(random() * (to - from + 1)),
    pick,
    some: (from, share) => from.filter(() => random() < share),
    weighted(from) {
      let left = random() * from.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of from) {
        left -= weight;
        if (left <= 0) return value;
      }
      return pick(from)[1];
    },
  };
}
