/** Draws the spec of a cluster: small counts and short times, so that a story of an hour sees everything happen. */
import type { Draw } from './draw.ts';
import type { Step } from './story.ts';

export function specOf(draw: Draw, pools: string[]): Record<string, unknown> {
  const spec: Record<string, unknown> = {
    pools: Object.fromEntries(pools.map((pool) => [pool, poolOf(draw)])),
    scaling: scalingOf(draw),
  };
  if (draw.chance(0.05)) spec.suspend = true;
  if (draw.chance(0.1)) spec.server = { cpu: 2048, memoryMiB: 4096 };
  if (draw.chance(0.05)) spec.budget = { usdPerHour: draw.pick([0.2, 1]) };
  return spec;
}

function poolOf(draw: Draw): Record<string, unknown> {
  const workers = draw.int(0, 3);
  const pool: Record<string, unknown> = { workers, workersMax: workers + draw.int(0, 3) };
  if (draw.chance(0.3)) pool.slots = draw.pick([1, 2, 8]);
  if (draw.chance(0.1)) pool.memoryMiB = 16384;
  if (draw.chance(0.2)) pool.capacity = 'on-demand';
  return pool;
}

function scalingOf(draw: Draw): Record<string, unknown> {
  const scaling: Record<string, unknown> = {
    idleAfter: draw.pick(['2m', '5m', '10m']),
    scaleInAfter: draw.pick(['0s', '30s', '2m']),
  };
  if (draw.chance(0.2)) scaling.queue = false;
  if (draw.chance(0.1)) {
    const floor = Object.fromEntries([['default', { workers: 1 }]]);
    scaling.schedules = [{ ...draw.pick(BEGINNINGS), for: '15m', pools: floor }];
  }
  return scaling;
}

/** Within the first half hour of a story, which begins at eight o'clock UTC on a Monday in January. */
const BEGINNINGS = [
  { cron: '10 8 * * *' },
  { cron: '5 9 * * *', timezone: 'Europe/Paris' },
  { cron: '30 3 * * MON', timezone: 'America/New_York' },
];

/**
 * Every spec of a story with what specs seldom say: another disk, other platform properties, another architecture, the money of a day.
 * What is drawn once holds for some of the edits, so that it also comes and goes.
 */
export function withRareFields(draw: Draw, steps: readonly Step[]): Step[] {
  const pool = draw.some(
    [
      { diskGiB: draw.pick([21, 60, 200]) },
      { platform: { OSFamily: 'linux', licensed: draw.pick(['yes', 'no']) } },
      { architecture: 'arm64' },
      { capacity: 'spot', onDemandBase: draw.int(1, 2) },
    ],
    0.5,
  );
  const server = draw.chance(0.3) ? { server: { cpu: 1024, memoryMiB: 4096, diskGiB: draw.pick([21, 40]) } } : {};
  const budget = draw.chance(0.5) ? { budget: { usdPerDay: draw.pick([0.01, 0.05, 0.2, 1]) } } : {};
  return steps.map((step) => {
    if (step.do !== 'edit' || !draw.chance(0.8)) return step;
    const spec = step.spec as Record<string, unknown>;
    const pools = Object.entries(spec.pools ?? {}).map(([name, one]) => [name, Object.assign({ ...one }, ...pool)]);
    return { ...step, spec: { ...spec, ...server, ...budget, pools: Object.fromEntries(pools) } };
  });
}
