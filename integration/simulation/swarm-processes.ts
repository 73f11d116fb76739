/** A swarm in processes of its own, as many as there are cores for it; each runs one bundled file. */
import { fork } from 'node:child_process';
import type { Swarm, SwarmResult } from './swarm.ts';
import { swarmBundle } from './swarm-bundle.ts';
import type { Share, Told } from './swarm-program.ts';

type SharedSwarm = Swarm & Pick<Share, 'without' | 'warmUp'>;

export async function runSwarmInProcesses(swarm: SharedSwarm, jobs = 1): Promise<SwarmResult> {
  const { count, from, tell, ...same } = swarm;
  const program = await swarmBundle();
  const shares = Array.from({ length: Math.min(jobs, count) }, (_, first): Share => {
    return { ...same, count: count - first, from: from + first, step: jobs };
  });
  const results = await Promise.all(shares.map((share) => runShare(program, share, tell)));
  return {
    violations: results.reduce((sum, result) => sum + result.violations, 0),
    passes: results.reduce((sum, result) => sum + result.passes, 0),
    cpuSeconds: results.reduce((sum, result) => sum + result.cpuSeconds, 0),
    failures: results.flatMap((result) => result.failures),
  };
}

/** MiB for what has just been made: nearly all of it is of no use a step later, and is better not copied before. */
const YOUNG_OBJECTS = ['--min-semi-space-size=16', '--max-semi-space-size=32'];

function runShare(program: string, share: Share, tell: Swarm['tell']): Promise<SwarmResult> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = fork(program, [JSON.stringify(share)], { env, execArgv: YOUNG_OBJECTS });
  return new Promise((resolve, reject) => {
    let result: SwarmResult | undefined;
    child.on('message', (told: Told) => {
      if ('line' in told) tell?.(told.line);
      else result = told.result;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result) resolve(result);
      else reject(new Error(`the process of the seeds from ${share.from} ended with ${code} before it was done`));
    });
  });
}
