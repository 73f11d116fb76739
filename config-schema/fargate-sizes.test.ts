import { describe, expect, it } from 'vitest';
import { FARGATE_CPU, fargateMemory, nearestSize } from './fargate-sizes.ts';

describe('Fargate sizes', () => {
  it('offers these numbers of CPU units', () => {
    expect(FARGATE_CPU).toEqual([256, 512, 1024, 2048, 4096, 8192, 16384, 32768]);
  });

  it.each([
    [256, [512, 1024, 2048]],
    [512, [1024, 2048, 3072, 4096]],
    [1024, [2048, 3072, 4096, 5120, 6144, 7168, 8192]],
    [8192, [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60].map((gib) => gib * 1024)],
    [16384, [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120].map((gib) => gib * 1024)],
    [32768, [61440, 122880, 249856]],
    [1000, []],
    [0, []],
  ])('with %d go %j', (cpu, memory) => expect(fargateMemory(cpu)).toEqual(memory));

  it.each([
    [2048, 4096, 16384, 13],
    [4096, 8192, 30720, 23],
  ])('with %d go %d to %d', (cpu, least, most, count) => {
    const memory = fargateMemory(cpu);
    expect([memory[0], memory.at(-1), memory.length]).toEqual([least, most, count]);
  });

  it.each([
    [[1, 3, 7], 0, 1],
    [[1, 3, 7], 2, 3],
    [[1, 3, 7], 4, 3],
    [[1, 3, 7], 5, 7],
    [[1, 3, 7], 99, 7],
    [[], 5, undefined],
  ])('of %j the nearest to %d is %s', (offered, asked, nearest) => expect(nearestSize(offered, asked)).toBe(nearest));
});
