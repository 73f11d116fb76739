/** Many seeds, one after the other: each a story of its own, each violation with the line that replays it. */
import { storyOf } from './generate.ts';
import { EVERY_ORACLE } from './handler-oracle.ts';
import type { Oracle, Violation } from './history.ts';
import { runStory } from './run-story.ts';
import type { Door } from './world.ts';

export interface Swarm {
  count: number;
  from: number;
  door: Door;
  /** Gets the lines of each failure. */
  tell?: (line: string) => void;
}

export interface SwarmResult {
  /** Seeds that violate something. */
  violations: number;
  passes: number;
  /** Seconds of the processor. */
  cpuSeconds: number;
  failures: string[];
}

export async function runSwarm(
  { count, from, door, tell, oracles = EVERY_ORACLE }: Swarm & { oracles?: readonly Oracle[] },
  seeds: Iterable<number> = range(from, count),
): Promise<SwarmResult> {
  const begun = process.cpuUsage();
  const failures: string[] = [];
  let passes = 0;
  for (const seed of seeds) {
    const result = await runStory(storyOf(seed), { door, oracles });
    // A story of the direct door never comes to the event loop, which has messages to send.
    await new Promise((resolve) => setImmediate(resolve));
    passes += result.passes;
    if (result.violations.length === 0) continue;
    const line = failureLine(seed, result.violations);
    failures.push(line);
    tell?.(line);
  }
  const { user, system } = process.cpuUsage(begun);
  return { violations: failures.length, passes, cpuSeconds: (user + system) / 1e6, failures };
}

/** Every `step`-th seed. */
export function* range(from: number, count: number, step = 1): Iterable<number> {
  for (let seed = from; seed < from + count; seed += step) yield seed;
}

function failureLine(seed: number, violations: readonly Violation[]): string {
  const [first] = violations;
  return `${first?.oracle}: ${first?.message}\n  replay: npm run simulate -- --seed ${seed}`;
}

/** The one line at the end. The rate counts seconds of the processor: what one core does that has nothing else to do. */
export function summaryOf({ count, from }: Swarm, { passes, cpuSeconds, violations }: SwarmResult, ms: number): string {
  const rate = Math.round(passes / Math.max(cpuSeconds, 0.001));
  return `${count} seeds from ${from}: ${passes} passes in ${Math.round(ms / 1000)} s, ${rate} passes/s of one core, ${violations} violations`;
}
