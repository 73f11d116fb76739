/** A pool of which a test says how many tasks it has, who is registered, and what the pass before wrote. */
import { poolStep } from './capacity.ts';
import { type Facts, heard, iso, minutes, NOW, observation, passOf, worker } from './observation.fixture.ts';
import { type Situation, situationOf } from './situation.ts';

const spec = { pools: { default: { workers: 9 } }, scaling: { scaleInAfter: '5m' } };
/** As long as the farm has had to know its workers. */
export const old = { taskId: 't', endpoint: 'e', startedAt: iso(NOW - minutes(30)) };
export const drained = (name: string) => worker(name, { draining: true, drained: true });

/** What the pass before asked to drain, how many it wanted, and since when it has wanted less; null: it wanted all. */
export interface Before {
  asked?: string[];
  wanted?: number;
  lessSince?: number | null;
}

export function situation(
  facts: Facts,
  { asked = [], wanted = 0, lessSince = NOW - minutes(5) }: Before = {},
): Situation {
  const { status } = passOf({ spec, server: [1, 1], pool: [1, 1] });
  const pool = {
    ...status.pools.default,
    wanted,
    draining: asked,
    lessSince: lessSince === null ? null : iso(lessSince),
  };
  const before = { ...heard(status, minutes(5)), pools: { default: pool as (typeof status.pools)[string] } };
  return situationOf(observation({ spec, server: [1, 1], status: before, ...facts })) as Situation;
}
export const step = (facts: Facts, wanted: number, before?: Before, rush = false) =>
  poolStep(situation(facts, before), 'default', wanted, rush);
