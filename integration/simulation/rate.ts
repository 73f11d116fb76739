/** How many passes a second one core makes through either door, every call, oracle and farm task of the world included. */
import { runSwarm } from './swarm.ts';
import type { Door } from './world.ts';

const SEEDS: Record<Door, number> = { direct: 40, sdk: 6 };
/** V8 has compiled what matters by then. */
const WARM_UP_SEEDS = 10;

export async function* rateLines(): AsyncIterable<string> {
  for (const door of ['direct', 'sdk'] as const) {
    for (const oracles of door === 'direct' ? ['with', 'without'] : ['with']) {
      const asked = oracles === 'with' ? {} : { oracles: [] };
      await runSwarm({ from: 1, count: Math.min(WARM_UP_SEEDS, SEEDS[door]), door, ...asked });
      const { passes, cpuSeconds } = await runSwarm({ from: 1, count: SEEDS[door], door, ...asked });
      const rate = Math.round(passes / cpuSeconds);
      yield `${door} door, ${oracles} oracles: ${passes} passes of ${SEEDS[door]} seeds in ${cpuSeconds.toFixed(1)} s of one core, ${rate} passes/s`;
    }
  }
}
