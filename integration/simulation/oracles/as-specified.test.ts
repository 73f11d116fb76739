import { describe, expect, it } from 'vitest';
import type { Status } from '../../../config-schema/documents.ts';
import type { BuildEvent } from '../history.ts';
import { spentDaysGrowNothing } from './day-budget.ts';
import {
  AT,
  calmSight,
  goodStatus,
  history,
  minutes,
  SERVER,
  SPEC,
  service,
  specText,
  version,
  workerMade,
  written,
} from './history.fixture.ts';
import { endsAsTheSpecSays } from './liveness.ts';
import { clusterOf } from './sight.ts';
import { floorDuring, mostAskedFor } from './windows.ts';

type Change = (status: Status) => void;

const judged = (spec: object, sight = calmSight(), builds: BuildEvent[] = [], change: Change = () => {}) =>
  endsAsTheSpecSays
    .judge(
      sight,
      history({ documents: [version({ text: specText(spec) })], statuses: [written(goodStatus(change))], builds }),
    )
    .join();
const pool = (more: object) => ({ ...SPEC, pools: { default: { ...SPEC.pools.default, ...more } } });
const SERVES = service({ name: SERVER, desired: 1, running: 1 });
const besides = (worker: Parameters<typeof service>[0]) => calmSight({ services: [SERVES, service(worker)] });

describe('every field of the spec is in the world, or Ready is wrong', () => {
  it.each([
    ['cpu', { cpu: 2048 }, 'cpu is 4096, not 2048'],
    ['memoryMiB', { memoryMiB: 16384 }, 'memoryMiB is 8192, not 16384'],
    ['diskGiB', { diskGiB: 60 }, 'diskGiB is 50, not 60'],
    ['architecture', { architecture: 'arm64' }, 'architecture is X86_64, not ARM64'],
    ['capacity', { capacity: 'on-demand' }, 'capacity is FARGATE_SPOT, not FARGATE'],
    ['onDemandBase', { onDemandBase: 2 }, 'not 2 on FARGATE, FARGATE_SPOT'],
    ['slots', { slots: 2 }, 'slots is 4, not 2'],
    ['platform', { platform: { OSFamily: 'linux', gpu: 'no' } }, 'not [["OSFamily","linux"],["gpu","no"]]'],
  ])('%s of a pool', (_, more, message) => {
    expect(judged(pool(more))).toContain(message);
  });

  it('what a pool says and has', () => {
    expect(judged(SPEC)).toBe('');
    expect(judged(pool({ diskGiB: 60 }), besides({ made: workerMade({ diskGiB: 60 }) }))).toBe('');
    const mixed = workerMade({ capacity: '2 on FARGATE, FARGATE_SPOT' });
    expect(judged(pool({ onDemandBase: 2 }), besides({ made: mixed }))).toBe('');
  });

  it.each([
    ['cpu', { server: { cpu: 2048, memoryMiB: 4096 } }, 'cpu is 1024, not 2048'],
    ['diskGiB', { server: { diskGiB: 40 } }, 'diskGiB is 20, not 40'],
    ['image', { engine: { server: 'server:2' } }, 'image of server is server, not server:2'],
  ])('%s of the server', (_, more, message) => {
    expect(judged({ ...SPEC, ...more })).toContain(message);
  });

  it('images of companions, and what Buildfarm’s workers are told', () => {
    const engine = { storage: 's', backplane: 'b', gateway: 'g', agent: 'a' };
    const said = judged({ ...SPEC, engine });
    expect(said).toContain('image of storage is absent, not s');
    expect(said).toContain('image of agent is absent, not a');
    expect(said).toContain('width of the execution stage is absent, not 4');
  });
});

describe('a count', () => {
  const running = (count: number) => besides({ desired: count, running: count });
  const schedules = [{ cron: '0 1 1 1 *', for: '1h', pools: { default: { workers: 4 } } }];
  // The tests' world begins with the epoch: its hundredth minute is 1:40 on the first of January.
  const scheduled = (more: object = {}) => ({ ...SPEC, scaling: { ...SPEC.scaling, schedules }, ...more });

  it('includes a schedule that is on, unless a budget has cut it', () => {
    expect(judged(scheduled(), running(2))).toContain('told to run 2, not 4 to 4');
    expect(judged(scheduled(), running(4))).toBe('');
    const cut: Change = (status) =>
      Object.assign(status.pools.default ?? {}, { limit: { by: 'budget', asked: 4, askedBySpec: 2 } });
    expect(judged(scheduled(), running(2), [], cut), 'there is no budget').toContain('told to run 2');
    expect(judged(scheduled({ budget: { usdPerHour: 0.1 } }), running(2), [], cut)).toBe('');
  });

  it('is no lower than the budget pays for, by the prices of server and workers', () => {
    const cut: Change = (status) =>
      Object.assign(status.pools.default ?? {}, { limit: { by: 'budget', asked: 4, askedBySpec: 4 } });
    const paid = (usdPerHour: number, count: number) =>
      judged({ ...pool({ workers: 4 }), budget: { usdPerHour } }, running(count), [], cut);
    // 0.055 USD an hour for the server, and 0.068 for each worker.
    expect(paid(0.3, 3)).toBe('');
    expect(paid(0.3, 2)).toContain('told to run 2, not 3 to 4');
    expect(paid(1, 3)).toContain('told to run 3, not 4 to 4');
  });

  it('is what a new day pays for, and nothing is asked of a day that may be spent', () => {
    const cut: Change = (status) =>
      Object.assign(status.pools.default ?? {}, { limit: { by: 'budget', asked: 4, askedBySpec: 4 } });
    const dayLong = (now: number, usdPerDay: number) => {
      const asked = specText({ ...pool({ workers: 4 }), budget: { usdPerDay } });
      const past = history({ documents: [version({ text: asked })], statuses: [written(goodStatus(cut), now)] });
      for (const at of [minutes(1), now]) spentDaysGrowNothing.judge({ ...running(2), now: at }, past);
      return endsAsTheSpecSays.judge({ ...running(2), now }, past).join();
    };
    const day = minutes(24 * 60);
    expect(dayLong(day - minutes(10), 1)).toBe('');
    expect(dayLong(day + minutes(1), 1), 'a look is on its way').toBe('');
    expect(dayLong(day + minutes(10), 1)).toContain('told to run 2, not 4 to 4');
  });

  it('is no higher than anybody asks for, with or without a queue', () => {
    const asks = { ...SPEC, scaling: { idleAfter: '20m' } };
    expect(judged(asks, running(3))).toContain('told to run 3, not 2 to 2');
    const shrinks: Change = (status) => Object.assign(status.pools.default ?? {}, { lessSince: 'now' });
    expect(judged(asks, running(3), [], shrinks), 'it is about to shrink').toBe('');
    const lease = { cluster: 'main', build: 'b1', pool: 'default', workers: 3, ttlSeconds: 90 };
    expect(judged(asks, running(3), [{ ...lease, at: AT - 60_000, what: 'lease' }]), 'somebody builds').toBe('');
  });

  it('of a schedule is told without the reconciler', () => {
    const spec = clusterOf(version({ text: specText(scheduled()) }))?.spec;
    if (!spec) throw new Error('the spec is valid');
    const floor = (from: number, until: number) => floorDuring(spec, 'default', minutes(from), minutes(until));
    expect([floor(58, 62), floor(60, 62), floor(90, 119), floor(90, 120)]).toEqual([0, 4, 4, 0]);
    expect(mostAskedFor(spec, 'default', minutes(119), minutes(130))).toBe(4);
    expect(mostAskedFor(spec, 'default', minutes(120), minutes(130))).toBe(0);
    expect(floorDuring(spec, 'other', minutes(90), minutes(91))).toBe(0);
  });
});
