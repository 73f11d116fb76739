import { describe, expect, it } from 'vitest';
import { parseCluster } from '../../config-schema/parse.ts';
import { activeFloors, nextFloorStart } from './floors.ts';

const at = (clock: string) => Date.parse(`2026-01-05T${clock}Z`);
const text = JSON.stringify({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main' },
  spec: {
    pools: { default: { workers: 0, workersMax: 5 } },
    scaling: {
      schedules: [
        { cron: '0 8 * * MON-FRI', timezone: 'UTC', for: '2h', pools: { default: { workers: 2 } } },
        { cron: '*/45 * * * *', timezone: 'Europe/Paris', for: '10m', pools: { default: { workers: 1 } } },
      ],
    },
  },
});

function newSpec(document = text) {
  const parsed = parseCluster(document);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.cluster.spec;
}

describe('floors of schedules', () => {
  it.each([
    ['a millisecond before a start', '07:59:59.999', [], '08:00:00.000'],
    ['at a start', '08:00:00.000', [2, 1], '08:45:00.000'],
    ['at the end of the shorter window', '08:10:00.000', [2], '08:45:00.000'],
    ['a millisecond before the end', '09:59:59.999', [2], '10:00:00.000'],
    ['at the end', '10:00:00.000', [1], '10:45:00.000'],
  ])('%s', (_, clock, workers, next) => {
    const spec = newSpec();
    expect(activeFloors(spec, at(clock)).map((floor) => floor.workers.default)).toEqual(workers);
    expect(nextFloorStart(spec, at(clock))).toBe(at(next));
  });

  it('are the same whatever was asked of them before, later instants and earlier ones', () => {
    const asked = newSpec();
    const forwards = Array.from({ length: 130 }, (_, index) => at('07:55:00.000') + index * 60_000);
    const jumps = forwards.map((_, index) => forwards[(index * 7_919) % 130] as number);
    for (const now of [...forwards, ...jumps, ...forwards.toReversed()]) {
      const fresh = newSpec();
      expect(activeFloors(asked, now)).toEqual(activeFloors(fresh, now));
      expect(nextFloorStart(asked, now)).toBe(nextFloorStart(fresh, now));
    }
  });

  // One by one, the 10,080 starts in each window would take a second and more.
  it('of a minute’s rhythm and a week’s window are found at once', { timeout: 1_000 }, () => {
    const schedule = { cron: '* * * * *', timezone: 'Europe/Paris', for: '7d', pools: { default: { workers: 1 } } };
    const schedules = Array.from({ length: 20 }, () => schedule);
    const { pools } = newSpec();
    const spec = newSpec(JSON.stringify({ ...JSON.parse(text), spec: { pools, scaling: { schedules } } }));
    const floors = activeFloors(spec, at('08:00:30.000'));
    expect(floors.map(({ endsAt }) => endsAt - at('08:00:00.000'))).toEqual(schedules.map(() => 7 * 86_400_000));
  });
});
