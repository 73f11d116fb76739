import { describe, expect, it } from 'vitest';
import type { BuildEvent } from '../history.ts';
import type { Step } from '../story.ts';
import { spentDaysGrowNothing } from './day-budget.ts';
import { floorsAreKept, queuesAreServed } from './demand.ts';
import {
  AT,
  call,
  calmSight,
  history,
  minutes,
  mutation,
  POOL,
  SERVER,
  SPEC,
  service,
  specText,
  story,
  version,
} from './history.fixture.ts';

const told = (desired: number, steps: Step[] = []) =>
  calmSight({
    story: { ...story, steps },
    services: [service({ name: SERVER, desired: 1, running: 1 }), service({ desired })],
  });
const calls = [call()];

describe('a schedule', () => {
  const schedules = [{ cron: '30 1 1 1 *', for: '15m', pools: { default: { workers: 3 } } }];
  const scheduled = (more: object = {}) => ({ ...SPEC, scaling: { ...SPEC.scaling, schedules }, ...more });
  const judged = (desired: number, spec: object = scheduled(), more: Parameters<typeof history>[0] = {}) =>
    floorsAreKept
      .judge(told(desired), history({ calls, documents: [version({ text: specText(spec) })], ...more }))
      .join();

  it('has its workers while it is on', () => {
    expect(judged(2)).toContain('told to run 2, and a schedule asks for 3');
    expect(judged(3)).toBe('');
    expect(judged(2, SPEC)).toBe('');
  });

  it('may be held back by a budget, or by what a build has kept waiting', () => {
    expect(judged(2, scheduled({ budget: { usdPerHour: 1 } }))).toBe('');
    const lease: BuildEvent = {
      ...{ at: AT - minutes(8), cluster: 'main', build: 'b', what: 'lease', pool: 'default' },
      ...{ workers: 1, ttlSeconds: 90 },
    };
    expect(judged(2, scheduled(), { builds: [lease] })).toBe('');
    const young = version({ text: specText(scheduled()), at: AT - minutes(2) });
    expect(judged(2, scheduled(), { documents: [young] })).toBe('');
  });
});

describe('a queue', () => {
  const step: Step = { at: AT - minutes(3), do: 'build', id: 'b', workers: 1, jobs: 16, forMs: minutes(9) };
  const event = (what: BuildEvent['what'], at: number): BuildEvent => ({
    ...{ at, cluster: 'main', build: 'b', what, pool: 'default', workers: 1, ttlSeconds: 600 },
  });
  const asks = { ...SPEC, scaling: { idleAfter: '20m' } };
  const judged = (desired: number, spec: object = asks, readyAt = AT - minutes(2)) =>
    queuesAreServed
      .judge(
        told(desired, [step]),
        history({
          calls,
          documents: [version({ text: specText(spec) })],
          builds: [event('lease', AT - minutes(3)), event('ready', readyAt)],
        }),
      )
      .join();

  it('is served by as many workers as have something to do', () => {
    expect(judged(2)).toContain('told to run 2, and 16 actions ask for 4');
    expect(judged(4)).toBe('');
    expect(judged(2, asks, AT - 30_000), 'it has just begun').toBe('');
  });

  it('asks for nothing where the spec has none, and for workersMax at most', () => {
    expect(judged(1, SPEC)).toBe('');
    expect(judged(3, { ...asks, pools: { default: { workersMax: 3 } } })).toBe('');
  });
});

describe('a day', () => {
  const budget = (usdPerDay: number) => [version({ text: specText({ ...SPEC, budget: { usdPerDay } }) })];
  /** Two workers and a server for an hour at 0.3 USD, then the news. */
  function judged(usdPerDay: number, news: Parameters<typeof history>[0]) {
    const past = history({ documents: budget(usdPerDay), ...news });
    const { fresh } = past;
    past.fresh = history({ documents: [] }).fresh;
    const services = [service({ name: SERVER, usdPerHour: 0.1 }), service({ usdPerHour: 0.2 })];
    spentDaysGrowNothing.judge(calmSight({ services, now: AT - minutes(60) }), past);
    past.fresh = fresh;
    return spentDaysGrowNothing.judge(calmSight({ services }), past).join();
  }
  const grown = mutation({ before: 2, after: 3 });

  it('whose money is spent grows nothing', () => {
    expect(judged(0.2, { mutations: [grown] })).toContain('on a day that had cost 0.300 USD');
    expect(judged(0.28, { mutations: [grown] }), 'within what a status may not know yet').toBe('');
    expect(judged(0.2, { mutations: [mutation()] }), 'it shrinks').toBe('');
  });

  it('gives back what a new shape had taken', () => {
    const rolled = [
      mutation({ before: 3, after: 0, at: AT - minutes(10) }),
      mutation({ kind: 'stack.update', target: POOL, at: AT - minutes(9) }),
    ];
    expect(judged(0.2, { mutations: [...rolled, mutation({ before: 0, after: 3 })] })).toBe('');
    expect(judged(0.2, { mutations: [...rolled, mutation({ before: 0, after: 4 })] })).toContain('from 0 to 4');
  });
});
