/** Many seeds, one after the other: each a story of its own, each violation with the line that replays it. */
import { storyOf } from './generate.ts';
import { EVERY_ORACLE } from './handler-oracle.ts';
import type { Oracle, Violation } from './history.ts';
import { runStory } from './run-story.ts';
import type { Door } from './world.ts';

export interface SwarmOptions {
  count: number;
  from: number;
  door?: Door;
  oracles?: readonly Oracle[];
  tell?: (line: string) => void;
}

export interface SwarmResult {
  violations: number;
  passes: number;
  failed: { seed: number; violations: Violation[] }[];
  /** One line: seeds, passes, rate, violations. */
  summary: string;
}

export async function runSwarm({
  count,
  from,
  door = 'direct',
  oracles = EVERY_ORACLE,
  tell,
}: SwarmOptions): Promise<SwarmResult> {
  const failed: SwarmResult['failed'] = [];
  const begun = performance.now();
  let passes = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await runStory(storyOf(seed), { door, oracles });
    passes += result.passes;
    if (result.violations.length === 0) continue;
    failed.push({ seed, violations: result.violations });
    tell?.(failureLine(seed, result.violations));
  }
  const seconds = (performance.now() - begun) / 1000;
  const summary = `${count} seeds from ${from}, ${passes} passes, ${Math.round(passes / seconds)} passes/s, ${failed.length} violations`;
  return { violations: failed.length, passes, failed, summary };
}

export function failureLine(seed: number, violations: readonly Violation[]): string {
  const [first] = violations;
  return `${first?.oracle}: ${first?.message}\n  replay: npm run simulate -- --seed ${seed}`;
}
