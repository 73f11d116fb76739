/** Which processor and memory go together on Fargate, from the ECS developer guide, "Amazon ECS task definition differences for Fargate", Linux, 2026. */

/** Memory in GiB: from, to and step for each number of CPU units; the largest size has three choices only. */
const RANGES: Record<number, { from: number; to: number; step: number }> = {
  512: { from: 1, to: 4, step: 1 },
  1024: { from: 2, to: 8, step: 1 },
  2048: { from: 4, to: 16, step: 1 },
  4096: { from: 8, to: 30, step: 1 },
  8192: { from: 16, to: 60, step: 4 },
  16384: { from: 32, to: 120, step: 8 },
};
const CHOICES: Record<number, number[]> = { 256: [0.5, 1, 2], 32768: [60, 120, 244] };
const MIB_PER_GIB = 1024;

/** CPU units that Fargate offers, ascending; 1024 is one vCPU. */
export const FARGATE_CPU = [...Object.keys(RANGES), ...Object.keys(CHOICES)].map(Number).sort((a, b) => a - b);

/** Memory sizes in MiB that Fargate offers with so many CPU units, ascending; none for a number it does not offer. */
export function fargateMemory(cpu: number): number[] {
  const range = Object.hasOwn(RANGES, cpu) ? RANGES[cpu] : undefined;
  const choices = Object.hasOwn(CHOICES, cpu) ? CHOICES[cpu] : undefined;
  const gib = range
    ? Array.from({ length: (range.to - range.from) / range.step + 1 }, (_, n) => range.from + n * range.step)
    : (choices ?? []);
  return gib.map((size) => size * MIB_PER_GIB);
}

/** The offered size nearest to what was asked for; the larger of two that are as near. */
export function nearestSize(offered: readonly number[], asked: number): number | undefined {
  return offered.reduce<number | undefined>(
    (best, size) => (best === undefined || Math.abs(size - asked) <= Math.abs(best - asked) ? size : best),
    undefined,
  );
}
