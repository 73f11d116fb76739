import { describe, expect, it } from 'vitest';
import type { Property } from '../wire/messages.ts';
import type { Job, WorkerReport } from './job.ts';
import { Scheduler } from './scheduler.ts';

const LEASE = 100;
const GRACE = 20;
const UNWANTED = 50;
const REMEMBER = 500;
const REST = 30;

/** One farm in virtual time: `at` moves the clock and ticks, everything else happens now. */
function farm(maxLosses = 2) {
  let now = 0;
  const woken: string[] = [];
  const scheduler = new Scheduler<string, string>(
    {
      leaseMs: LEASE,
      disconnectGraceMs: GRACE,
      unwantedMs: UNWANTED,
      rememberMs: REMEMBER,
      restMs: REST,
      maxLosses,
      givenUp: (_job, reason) => `given up: ${reason}`,
      unwanted: () => 'unwanted',
      onChange: () => {},
      onOrders: (worker) => woken.push(worker),
    },
    0,
  );
  const said = new Map<string, WorkerReport>();
  return {
    scheduler,
    /** Workers whose poll was to be answered since the last call. */
    woken: () => woken.splice(0),
    at(instant: number) {
      now = instant;
      scheduler.tick(now);
    },
    submit(name: string, platform: Property[] = [], mergeKey: string | null = null): Job<string, string> {
      const job = scheduler.submit({ name, mergeKey, platform, work: name }, now);
      scheduler.attach(job);
      return job;
    },
    /** A poll, with what is said added to what the worker said before. Answers names of jobs, or undefined: kept open. */
    poll(name: string, say: Partial<WorkerReport> = {}) {
      const before = said.get(name) ?? {
        name,
        incarnation: '1',
        pool: 'default',
        platform: { OSFamily: 'linux', Pool: 'default' },
        slots: 1,
        running: [],
        accepts: true,
        protected: false,
      };
      const report = { ...before, ...say };
      said.set(name, report);
      scheduler.synchronize(report, now);
      return this.orders(name);
    },
    orders(name: string) {
      const orders = scheduler.takeOrders(name, now);
      return orders && { start: orders.start.map((job) => job.name), cancel: orders.cancel, draining: orders.draining };
    },
    /** As `poll`, until the worker has heard all that there is. */
    settle(name: string, say: Partial<WorkerReport> = {}) {
      const start: string[] = [];
      const cancel: string[] = [];
      for (let orders = this.poll(name, say); orders; ) {
        start.push(...orders.start);
        cancel.push(...orders.cancel);
        orders = this.poll(name, { running: [...(said.get(name)?.running ?? []), ...orders.start] });
      }
      return { start, cancel };
    },
    finish: (worker: string, job: string, outcome = 'ok') => {
      const report = said.get(worker);
      if (report) said.set(worker, { ...report, running: report.running.filter((name) => name !== job) });
      return scheduler.finish(worker, job, outcome, now, 5);
    },
    disconnect: (worker: string) => scheduler.disconnected(worker, now),
    states: (...names: string[]) =>
      names.map((name) => {
        const job = scheduler.job(name);
        return job ? `${job.state}${job.worker && job.state === 'running' ? ` on ${job.worker}` : ''}` : 'unknown';
      }),
  };
}

const gpu: Property[] = [{ name: 'Pool', value: 'gpu' }];
const gpuWorker = { pool: 'gpu', platform: { OSFamily: 'linux', Pool: 'gpu' } };

describe('giving out work', () => {
  it('is first come, first served, up to the slots of the worker', () => {
    const world = farm();
    for (const name of ['a', 'b', 'c']) world.submit(name);
    expect(world.settle('w', { slots: 2 }).start).toEqual(['a', 'b']);
    expect(world.states('a', 'b', 'c')).toEqual(['running on w', 'running on w', 'queued']);
    world.finish('w', 'a');
    expect(world.scheduler.takeWork('w', 0).map(({ name }) => name)).toEqual(['c']);
    expect(world.scheduler.takeWork('w', 0)).toEqual([]);
  });

  it('goes to the waiting worker with the greatest share of free slots', () => {
    const world = farm();
    world.settle('big', { slots: 4 });
    world.settle('small', { slots: 1 });
    world.submit('a');
    expect(world.orders('big')?.start).toEqual(['a']);
    world.settle('big', { running: ['a'] });
    world.woken();
    world.submit('b');
    expect(world.woken()).toEqual(['small']);
  });

  it('skips jobs that ask for another pool, and leaves them for a worker of it', () => {
    const world = farm();
    world.submit('g', gpu);
    world.submit('plain');
    expect(world.settle('w').start).toEqual(['plain']);
    expect(world.settle('g1', gpuWorker).start).toEqual(['g']);
  });

  it('gives nothing to a worker that does not accept', () => {
    const world = farm();
    world.submit('a');
    expect(world.settle('w', { accepts: false }).start).toEqual([]);
    expect(world.settle('w', { accepts: true }).start).toEqual(['a']);
  });

  it('finds the unfinished job of an equal action, and no finished one', () => {
    const world = farm();
    const job = world.submit('a', [], 'hash');
    expect(world.scheduler.mergeable('hash')).toBe(job);
    world.settle('w');
    expect(world.scheduler.mergeable('hash')).toBe(job);
    world.finish('w', 'a');
    expect(world.scheduler.mergeable('hash')).toBeUndefined();
  });
});

/** Each row: what happens to the worker that runs the one job, and what that makes of the job once all times have passed. */
const losses: [rule: string, happen: (world: ReturnType<typeof farm>) => void, state: string][] = [
  ['an open poll is a sign of life', (world) => world.at(LEASE * 10), 'running on w'],
  [
    'an answered poll that no other follows loses the worker',
    (world) => {
      world.scheduler.answered('w', 0);
      world.at(LEASE);
    },
    'queued',
  ],
  [
    'just before that it is not lost',
    (world) => {
      world.scheduler.answered('w', 0);
      world.at(LEASE - 1);
    },
    'running on w',
  ],
  [
    'a broken connection loses it sooner',
    (world) => {
      world.disconnect('w');
      world.at(GRACE);
    },
    'queued',
  ],
  [
    'unless it comes back in time, still running the job',
    (world) => {
      world.disconnect('w');
      world.settle('w', { running: ['a'] });
      world.at(LEASE * 10);
    },
    'running on w',
  ],
  [
    'a job that the worker does not know was lost on the way',
    (world) => world.poll('w', { running: [], accepts: false }),
    'queued',
  ],
  [
    'a worker that started anew has lost everything',
    (world) => world.poll('w', { incarnation: '2', running: [], accepts: false }),
    'queued',
  ],
  [
    'a worker thought lost that still runs the job keeps it',
    (world) => {
      world.disconnect('w');
      world.at(GRACE);
      world.settle('w', { running: ['a'] });
    },
    'running on w',
  ],
  ['what is given back is queued again', (world) => world.scheduler.giveBack('w', 'a', 'full disk', true, 0), 'queued'],
];

describe('losing a worker', () => {
  it.each(losses)('%s', (_rule, happen, state) => {
    const world = farm();
    world.submit('a');
    world.settle('w');
    happen(world);
    expect(world.states('a')).toEqual([state]);
  });

  it('puts its jobs where they were in line', () => {
    const world = farm();
    for (const name of ['a', 'b']) world.submit(name);
    world.settle('w');
    world.disconnect('w');
    world.at(GRACE);
    expect(world.settle('v', { slots: 2 }).start).toEqual(['a', 'b']);
  });

  it('gives a job up after so many, and says why', () => {
    const world = farm(1);
    world.submit('a');
    world.settle('w1');
    world.scheduler.giveBack('w1', 'a', 'full disk', true, 0);
    world.settle('w2');
    world.scheduler.giveBack('w2', 'a', 'broken disk', true, 0);
    expect(world.scheduler.job('a')?.outcome).toBe('given up: broken disk');
  });

  it('lets a worker rest that failed, so that it does not fail everything in line', () => {
    const world = farm();
    world.submit('a');
    world.submit('b');
    world.settle('w');
    world.scheduler.giveBack('w', 'a', 'full disk', true, 0);
    expect(world.scheduler.takeWork('w', REST - 1)).toEqual([]);
    expect(world.settle('w', { running: [] }).start).toEqual([]);
    expect(world.settle('v').start).toEqual(['a']);
    world.woken();
    world.at(REST);
    expect(world.woken()).toContain('w');
    expect(world.orders('w')?.start).toEqual(['b']);
  });

  it('never gives a job up for workers that only stopped', () => {
    const world = farm(0);
    world.submit('a');
    for (const worker of ['w1', 'w2', 'w3']) {
      expect(world.settle(worker).start).toEqual(['a']);
      world.scheduler.giveBack(worker, 'a', 'stops', false, 0);
      world.settle(worker, { running: [], accepts: false });
    }
    expect(world.states('a')).toEqual(['queued']);
  });

  it('takes the first result, from whoever has it, and stops the other', () => {
    const world = farm();
    world.submit('a');
    world.settle('w');
    world.disconnect('w');
    world.at(GRACE);
    world.settle('v');
    world.finish('w', 'a', 'from w');
    expect(world.scheduler.job('a')?.outcome).toBe('from w');
    expect(world.orders('v')?.cancel).toEqual(['a']);
    expect(world.finish('v', 'a', 'from v')).toBe(false);
  });
});

describe('clients', () => {
  it('that all leave have their job cancelled, queued or running, after a while', () => {
    const world = farm();
    const [running, queued] = [world.submit('a'), world.submit('b')];
    world.settle('w');
    world.scheduler.detach(running, 0);
    world.scheduler.detach(queued, 0);
    world.at(UNWANTED - 1);
    expect(world.states('a', 'b')).toEqual(['running on w', 'queued']);
    world.at(UNWANTED);
    expect(world.states('a', 'b')).toEqual(['unknown', 'unknown']);
    expect(world.orders('w')?.cancel).toEqual(['a']);
  });

  it('that come back in time keep it', () => {
    const world = farm();
    const job = world.submit('a');
    world.scheduler.detach(job, 0);
    world.at(UNWANTED - 1);
    world.scheduler.attach(job);
    world.at(UNWANTED * 10);
    expect(world.states('a')).toEqual(['queued']);
  });

  it('can ask for an outcome for some time', () => {
    const world = farm();
    world.submit('a');
    world.settle('w');
    world.finish('w', 'a', 'done');
    world.at(REMEMBER - 1);
    expect(world.scheduler.job('a')?.outcome).toBe('done');
    world.at(REMEMBER);
    expect(world.states('a')).toEqual(['unknown']);
  });

  it('of a server that started anew: what workers run for nobody is cancelled there, once', () => {
    const world = farm();
    expect(world.settle('w', { running: ['old'] }).cancel).toEqual(['old']);
    expect(world.poll('w')).toBeUndefined();
    world.disconnect('w');
    expect(world.settle('w').cancel).toEqual(['old']);
  });
});

describe('draining', () => {
  const loadOf = (world: ReturnType<typeof farm>) => world.scheduler.demand().workers.find(({ name }) => name === 'w');

  it('wakes the worker, which then gets nothing new but may finish', () => {
    const world = farm();
    world.submit('a');
    world.settle('w', { slots: 2, protected: true });
    world.scheduler.setDraining(new Set(['w']));
    expect(world.orders('w')).toEqual({ start: [], cancel: [], draining: true });
    world.submit('b');
    expect(world.settle('w')).toEqual({ start: [], cancel: [] });
    expect(world.states('a', 'b')).toEqual(['running on w', 'queued']);
    expect(loadOf(world)).toMatchObject({ draining: true, drained: false, running: 1 });
  });

  it('ends when the worker was seen empty twice and is no longer protected', () => {
    const world = farm();
    world.settle('w', { protected: true });
    world.scheduler.setDraining(new Set(['w']));
    const seen = [];
    for (const say of [{}, {}, {}, { protected: false }]) {
      world.poll('w', say);
      seen.push(loadOf(world)?.drained);
    }
    expect(seen).toEqual([false, false, false, true]);
  });

  it('is not ended by one sighting', () => {
    const world = farm();
    world.settle('w', { protected: false });
    world.scheduler.setDraining(new Set(['w']));
    world.orders('w');
    world.poll('w');
    expect(loadOf(world)?.drained).toBe(false);
    world.poll('w');
    expect(loadOf(world)?.drained).toBe(true);
  });

  it('can be taken back', () => {
    const world = farm();
    world.settle('w');
    world.scheduler.setDraining(new Set(['w']));
    world.settle('w');
    world.submit('a');
    world.scheduler.setDraining(new Set());
    expect(world.orders('w')).toEqual({ start: ['a'], cancel: [], draining: false });
  });

  it('is known for a worker that comes after the order', () => {
    const world = farm();
    world.submit('a');
    world.scheduler.setDraining(new Set(['w']));
    expect(world.poll('w')).toEqual({ start: [], cancel: [], draining: true });
  });
});

describe('the demand', () => {
  it('counts by pool: the one that fits, the one that is named, or none', () => {
    const world = farm();
    world.submit('a');
    world.submit('b');
    world.submit('g', gpu);
    world.submit('odd', [{ name: 'OSFamily', value: 'plan9' }]);
    world.settle('w');
    expect(world.scheduler.demand()).toMatchObject({
      queued: 3,
      running: 1,
      pools: { default: { queued: 1, running: 1 }, gpu: { queued: 1, running: 0 }, '': { queued: 1, running: 0 } },
    });
  });

  it('is idle since the last job ended, and not while any is queued or running', () => {
    const world = farm();
    expect(world.scheduler.demand().idleSince).toBe(0);
    world.at(10);
    world.submit('a');
    expect(world.scheduler.demand().idleSince).toBeNull();
    world.settle('w');
    world.at(30);
    expect(world.scheduler.demand().idleSince).toBeNull();
    world.finish('w', 'a');
    expect(world.scheduler.demand().idleSince).toBe(30);
  });
});
