/** The program of one process of a swarm: runs its share of the seeds, and tells its parent what it finds. */
import { EVERY_ORACLE } from './handler-oracle.ts';
import { range, runSwarm, type Swarm, type SwarmResult } from './swarm.ts';

export interface Share extends Omit<Swarm, 'tell'> {
  /** From one of its seeds to the next. */
  step: number;
  /** Ids of oracles that are not asked. */
  without: readonly string[];
  /** Seeds that are run before, and do not count: V8 has compiled what matters by then. */
  warmUp?: number;
}

export type Told = { line: string } | { result: SwarmResult };

const { step, without, warmUp = 0, ...swarm } = JSON.parse(process.argv[2] ?? '{}') as Share;
// AWS's refusals are everyday things here, and a trace of the stack for each costs more than the refusal; who replays one seed sees it.
Error.stackTraceLimit = 0;
const oracles = EVERY_ORACLE.filter(({ id }) => !without.includes(id));
const tell = (line: string) => void process.send?.({ line } satisfies Told);
await runSwarm({ ...swarm, count: warmUp, oracles });
const result = await runSwarm({ ...swarm, oracles, tell }, range(swarm.from, swarm.count, step));
process.send?.({ result } satisfies Told);
