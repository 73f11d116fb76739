/** The sizes of tasks as people write them, and the refusal of those that Fargate does not have. */
import { fargateMemory } from '../../../config-schema/fargate-sizes.ts';
import { clientException } from './failures.ts';

/** `1 vCPU` and `1024` both mean 1024 units; `2 GB` and `2048` both mean 2048 MiB. Gives plain digits. */
export function plainSize(text: string | number | undefined, unit: 'vCPU' | 'GB'): string | undefined {
  if (text === undefined) return undefined;
  const amount = new RegExp(`^\\s*([\\d.]+)\\s*${unit}\\s*$`, 'i').exec(String(text))?.[1];
  return amount === undefined ? String(text) : String(Math.round(Number(amount) * 1024));
}

export function requireFargateSize(cpu: string | undefined, memory: string | undefined): void {
  if (cpu === undefined) throw clientException("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw clientException("Fargate requires that 'memory' be defined at the task level.");
  if (fargateMemory(Number(cpu)).includes(Number(memory))) return;
  throw clientException(
    `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
  );
}
