import { describe, expect, it } from 'vitest';
import { farm, GRACE, gpu, gpuWorker, POLL_TIMEOUT, REST } from './farm.fixture.ts';

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

it('a worker whose connection broke is lost until it is back', () => {
  const world = farm();
  const lost = () => world.scheduler.demand().workers.map((worker) => worker.lost);
  world.settle('w');
  expect(lost()).toEqual([undefined]);
  world.disconnect('w');
  expect(lost()).toEqual([true]);
  world.settle('w');
  expect(lost()).toEqual([undefined]);
});

/** Each row: what happens to the worker that runs the one job, and what that makes of the job once all times have passed. */
const losses: [rule: string, happen: (world: ReturnType<typeof farm>) => void, state: string][] = [
  ['an open poll is a sign of life', (world) => world.at(POLL_TIMEOUT * 10), 'running on w'],
  [
    'an answered poll that no other follows loses the worker',
    (world) => {
      world.scheduler.answered('w', 0);
      world.at(POLL_TIMEOUT);
    },
    'queued',
  ],
  [
    'just before that it is not lost',
    (world) => {
      world.scheduler.answered('w', 0);
      world.at(POLL_TIMEOUT - 1);
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
      world.at(POLL_TIMEOUT * 10);
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
