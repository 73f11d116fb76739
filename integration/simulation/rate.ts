/** How many passes a second one core makes through either door, every call, oracle and farm task of the world included. */
import { EVERY_ORACLE } from './handler-oracle.ts';
import { runSwarmInProcesses } from './swarm-processes.ts';
import type { Door } from './world.ts';

const SEEDS: Record<Door, number> = { direct: 40, sdk: 6 };
const WARM_UP_SEEDS: Record<Door, number> = { direct: 40, sdk: 6 };

export async function* rateLines(): AsyncIterable<string> {
  for (const door of ['direct', 'sdk'] as const) {
    for (const oracles of door === 'direct' ? ['with', 'without'] : ['with']) {
      const without = oracles === 'with' ? [] : EVERY_ORACLE.map(({ id }) => id);
      const swarm = { from: 1, count: SEEDS[door], door, without, warmUp: WARM_UP_SEEDS[door] };
      const { passes, cpuSeconds } = await runSwarmInProcesses(swarm);
      const rate = Math.round(passes / cpuSeconds);
      yield `${door} door, ${oracles} oracles: ${passes} passes of ${SEEDS[door]} seeds in ${cpuSeconds.toFixed(1)} s of one core, ${rate} passes/s`;
    }
  }
}
