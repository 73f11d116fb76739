/** Which sizes of tasks Fargate has (developer guide, "Amazon ECS task definition differences for Fargate"). */
import { clientException } from './failures.ts';

const GIB = 1024;
const steps = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);

/** CPU units → MiB of memory on offer. */
export const FARGATE_SIZES: Record<number, number[]> = {
  256: [512, 1 * GIB, 2 * GIB],
  512: steps(1, 4, 1),
  1024: steps(2, 8, 1),
  2048: steps(4, 16, 1),
  4096: steps(8, 30, 1),
  8192: steps(16, 60, 4),
  16384: steps(32, 120, 8),
  32768: [60 * GIB, 120 * GIB, 244 * GIB],
};

/** `1 vCPU` and `1024` both mean 1024 units; `2 GB` and `2048` both mean 2048 MiB. Gives plain digits. */
export function plainSize(text: string | number | undefined, unit: 'vCPU' | 'GB'): string | undefined {
  if (text === undefined) return undefined;
  const amount = new RegExp(`^\\s*([\\d.]+)\\s*${unit}\\s*$`, 'i').exec(String(text))?.[1];
  return amount === undefined ? String(text) : String(Math.round(Number(amount) * 1024));
}

export function requireFargateSize(cpu: string | undefined, memory: string | undefined): void {
  if (cpu === undefined) throw clientException("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientException("Fargate requires that 'memory' be defined at the task level.");
  if (FARGATE_SIZES[Number(cpu)]?.includes(Number(memory))) return;
  throw clientException(
    `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
  );
}
