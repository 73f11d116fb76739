/** A swarm over several processes, so that it takes as many cores as there are; this file is also the program of each of them. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EVERY_ORACLE } from './handler-oracle.ts';
import { range, runSwarm, type Swarm, type SwarmResult } from './swarm.ts';
import type { Door } from './world.ts';

interface Share {
  count: number;
  from: number;
  step: number;
  door: Door;
  without: string[];
}

export async function runSwarmInProcesses(swarm: Swarm & { without: string[] }, jobs: number): Promise<SwarmResult> {
  const { count, from, door, without, tell } = swarm;
  const shares = Array.from({ length: Math.min(jobs, count) }, (_, first): Share => {
    return { count: count - first, from: from + first, step: jobs, door, without };
  });
  const results = await Promise.all(shares.map((share) => runShare(share, tell)));
  return {
    violations: results.reduce((sum, result) => sum + result.violations, 0),
    passes: results.reduce((sum, result) => sum + result.passes, 0),
    cpuSeconds: results.reduce((sum, result) => sum + result.cpuSeconds, 0),
    failures: results.flatMap((result) => result.failures),
  };
}

type Message = { line: string } | { result: SwarmResult };

function runShare(share: Share, tell: Swarm['tell']): Promise<SwarmResult> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(share)], { env });
  return new Promise((resolve, reject) => {
    let result: SwarmResult | undefined;
    child.on('message', (message: Message) => {
      if ('line' in message) tell?.(message.line);
      else result = message.result;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result) resolve(result);
      else reject(new Error(`the process of the seeds from ${share.from} ended with ${code} before it was done`));
    });
  });
}

async function main(): Promise<void> {
  const { count, from, step, door, without } = JSON.parse(process.argv[2] ?? '{}') as Share;
  Error.stackTraceLimit = 1;
  const oracles = EVERY_ORACLE.filter(({ id }) => !without.includes(id));
  const tell = (line: string) => void process.send?.({ line } satisfies Message);
  const result = await runSwarm({ count, from, door, oracles, tell }, range(from, count, step));
  process.send?.({ result } satisfies Message);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
