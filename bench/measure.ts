/** Timing of whole processes and of steps: interleaved, so that a noisy machine is noisy for every candidate alike. */
import { spawn } from 'node:child_process';

export interface Candidate {
  name: string;
  /** Runs once and resolves when done. */
  run(): Promise<unknown>;
}

export interface Measured {
  name: string;
  /** Median, milliseconds. */
  ms: number;
  /** What it takes when nothing else is in its way, milliseconds. */
  leastMs: number;
  /** To the first candidate: the median of the ratios of each round. */
  ratio: number;
  /** Of the least times. */
  leastRatio: number;
}

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** One round runs every candidate once; the first round warms up and does not count. */
export async function compare(candidates: Candidate[], rounds: number): Promise<Measured[]> {
  const times = candidates.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const began = process.hrtime.bigint();
      await candidate.run();
      if (round > 0) times[i]?.push(Number(process.hrtime.bigint() - began) / 1e6);
    }
  }
  const floor = times[0] ?? [];
  return candidates.map(({ name }, i) => {
    const own = times[i] ?? [];
    return {
      name,
      ms: median(own),
      leastMs: Math.min(...own),
      ratio: median(own.map((ms, round) => ms / (floor[round] ?? Number.NaN))),
      leastRatio: Math.min(...own) / Math.min(...floor),
    };
  });
}

/** A process with no output of its own; rejects when it fails. */
export function quietly(
  command: string,
  args: string[],
  options: { env: Record<string, string>; cwd?: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')}: exit ${code}\n${stderr}`)),
    );
  });
}

export function printTable(title: string, rows: Measured[]): void {
  const width = Math.max(...rows.map((row) => row.name.length));
  process.stdout.write(`\n${title}\n`);
  const cells = (ms: number, ratio: number) => `${ms.toFixed(0).padStart(7)} ms  ${ratio.toFixed(2).padStart(6)}x`;
  for (const { name, ms, ratio, leastMs, leastRatio } of rows)
    process.stdout.write(`  ${name.padEnd(width)}  ${cells(ms, ratio)}   least ${cells(leastMs, leastRatio)}\n`);
}
