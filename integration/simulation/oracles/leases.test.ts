import { describe, expect, it } from 'vitest';
import type { BuildEvent, TaskEnd, WorkerRecord } from '../history.ts';
import { AT, call, calmSight, history, minutes, mutation, SERVER, service, serving, story } from './history.fixture.ts';
import { busyWorkersStay, effortIsBounded, leasedCountsStay, leasesAt, unknownIsBusy } from './leases.ts';

const build = (what: BuildEvent['what'], at: number, more: Partial<BuildEvent> = {}): BuildEvent => ({
  at,
  cluster: 'main',
  build: 'b1',
  what,
  pool: 'default',
  workers: 2,
  ttlSeconds: 90,
  ...more,
});
const acknowledged = [build('lease', AT - 60_000), build('ready', AT - 30_000)];

/** One look at two running workers, then a second one with the news. */
function judged(news: Parameters<typeof history>[0], workers?: WorkerRecord[], before = calmSight()) {
  const past = history(news, workers);
  const { fresh } = past;
  past.fresh = history({ documents: [] }).fresh;
  leasedCountsStay.judge(before, past);
  past.fresh = fresh;
  return leasedCountsStay.judge(before, past);
}

describe('leases', () => {
  it('live until they are given back, or their time is over', () => {
    expect(leasesAt(acknowledged, AT)).toMatchObject([{ workers: 2, acknowledged: true }]);
    expect(leasesAt([...acknowledged, build('released', AT - 1)], AT)).toEqual([]);
    expect(leasesAt(acknowledged, AT + minutes(1))).toEqual([]);
    expect(leasesAt([...acknowledged, build('died', AT - 1)], AT)).toHaveLength(1);
  });
});

describe('an acknowledged lease', () => {
  it('keeps its workers', () => {
    expect(judged({ builds: acknowledged, mutations: [mutation()] }).join()).toContain('went from 2 to 1');
    expect(judged({ builds: acknowledged, mutations: [mutation({ before: 3, after: 2 })] })).toEqual([]);
    expect(judged({ builds: acknowledged.slice(0, 1), mutations: [mutation()] })).toEqual([]);
  });

  it('keeps the stack under its workers, but not under tasks that have not come yet in place of one that ended', () => {
    const update = mutation({ kind: 'stack.update' });
    const among = (workers: WorkerRecord[]) => judged({ builds: acknowledged, mutations: [update] }, workers);
    expect(among([serving()]).join()).toContain('tasks under an acknowledged lease');
    expect(among([])).toEqual([]);
  });

  it('keeps its server', () => {
    const stop = mutation({ target: SERVER, before: 1, after: 0 });
    expect(judged({ builds: acknowledged, mutations: [stop] }).join()).toContain('went from 1 to 0');
  });

  it('keeps its stack', () => {
    const update = mutation({ kind: 'stack.update', stackStatus: 'CREATE_COMPLETE' });
    expect(judged({ builds: acknowledged, mutations: [update] }).join()).toContain('under an acknowledged lease');
  });

  it('claims nothing of tasks that never came', () => {
    const empty = calmSight({ services: [service({ running: 0 })] });
    expect(judged({ builds: acknowledged, mutations: [mutation()] }, [], empty)).toEqual([]);
  });
});

describe('a busy worker', () => {
  const end = (facts: Partial<TaskEnd>): TaskEnd => ({
    at: AT,
    cluster: 'main',
    part: 'default',
    task: 't1',
    code: 'ServiceSchedulerInitiated',
    reason: 'scaling',
    busy: 1,
    protected: false,
    drained: false,
    ...facts,
  });

  it('is not stopped by a scale-in', () => {
    expect(busyWorkersStay.judge(calmSight(), history({ ends: [end({})] })).join()).toContain('1 actions running');
    expect(busyWorkersStay.judge(calmSight(), history({ ends: [end({ busy: 0 })] }))).toEqual([]);
    expect(busyWorkersStay.judge(calmSight(), history({ ends: [end({ code: 'SpotInterruption' })] }))).toEqual([]);
  });

  it('may be taken away by a person', () => {
    const hand = mutation({ actor: 'person', at: AT - minutes(1) });
    expect(busyWorkersStay.judge(calmSight(), history({ ends: [end({})], mutations: [hand] }))).toEqual([]);
  });
});

describe('what is not known', () => {
  it('takes nothing away: leases', () => {
    const calls = [call(), call({ point: 'documents.read:lease', outcome: 'failed', error: 'SlowDown' })];
    expect(unknownIsBusy.judge(calmSight(), history({ calls, mutations: [mutation()] })).join()).toContain('SlowDown');
    expect(unknownIsBusy.judge(calmSight(), history({ calls: [call()], mutations: [mutation()] }))).toEqual([]);
  });

  it('takes nothing away: a report that could not be read', () => {
    const read = (outcome: 'ok' | 'failed', at: number) =>
      call({ point: 'documents.read:activity', at, outcome, ...(outcome === 'failed' && { error: 'AccessDenied' }) });
    const described = call({ point: 'services.describe', at: AT - 1 });
    const lowered = (calls: ReturnType<typeof call>[], seen = calmSight()) =>
      unknownIsBusy.judge(seen, history({ calls: [call(), ...calls, described], mutations: [mutation()] })).join();
    expect(lowered([read('failed', AT - 5)])).toContain('could not be read: AccessDenied');
    expect(lowered([read('ok', AT - 5)])).toBe('');
    expect(lowered([read('failed', AT - 5), read('ok', AT - 4)]), 'it was read once more').toBe('');
    const serverless = calmSight({ services: [service({ name: SERVER, desired: 1, running: 0 }), service()] });
    expect(lowered([read('failed', AT - 5)], serverless), 'nobody gives them work').toBe('');
  });

  it('takes nothing away: a silent farm', () => {
    const steps = [{ at: AT - minutes(10), do: 'silence' as const, forMs: minutes(20) }];
    const silent = calmSight({ story: { ...story, steps } });
    expect(unknownIsBusy.judge(silent, history({ mutations: [mutation()] })).join()).toContain('silent');

    const heard = (at: number) => [
      call({ at: at - 10 }),
      call({ at, point: 'documents.read:activity' }),
      call({ at: at + 10, point: 'services.describe' }),
    ];
    const heardAfter = (ms: number) =>
      unknownIsBusy.judge(silent, history({ calls: heard(AT - minutes(10) + ms), mutations: [mutation()] }));
    expect(heardAfter(100_000), 'its call took long').toEqual([]);
    expect(heardAfter(100_001).join()).toContain('silent');

    const serverless = { ...silent, services: [service({ name: SERVER, desired: 1, running: 0 }), service()] };
    expect(unknownIsBusy.judge(serverless, history({ mutations: [mutation()] }))).toEqual([]);
    const held = history({ builds: acknowledged, mutations: [mutation()] });
    expect(unknownIsBusy.judge(serverless, held).join()).toContain('silent');
  });
});

describe('a pass that calls without end', () => {
  const calls = (count: number, point: string) => [call(), ...Array.from({ length: count }, () => call({ point }))];

  it.each(['stacks.read', 'services.describe', 'documents.read:lease'])('%s', (point) => {
    expect(effortIsBounded.judge(calmSight(), history({ calls: calls(20, point) }))).toEqual([]);
    expect(effortIsBounded.judge(calmSight(), history({ calls: calls(60, point) }))).toHaveLength(1);
  });

  it('is found while what it calls for goes, and once', () => {
    const past = history({ calls: calls(40, 'documents.remove:lease') });
    const keys = Array.from({ length: 20 }, (_, index) => `clusters/main/leases/${index}.json`);
    expect(effortIsBounded.judge(calmSight({ keys }), past)).toEqual([]);
    const next = history({ calls: calls(60, 'services.describe').slice(1) });
    past.fresh = next.fresh;
    expect(effortIsBounded.judge(calmSight(), past)).toHaveLength(1);
    expect(effortIsBounded.judge(calmSight(), past)).toEqual([]);
  });

  it('is not one that looks again after each listing', () => {
    const looks = Array.from({ length: 10 }, () => calls(15, 'services.describe')).flat();
    expect(effortIsBounded.judge(calmSight(), history({ calls: looks }))).toEqual([]);
  });
});
