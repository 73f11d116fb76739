import { describe, expect, it } from 'vitest';
import {
  type Facts,
  goodHash,
  goodStacks,
  iso,
  NOW,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  worker,
} from '../../reconciler/core/observation.fixture.ts';

import { ask, of, textOf, wishes } from './question.fixture.ts';

const BIG = POOL.replace('default', 'big');
const spec = { pools: { default: { workers: 1 }, big: { workers: 1 } } };
const workers = [worker('a'), worker('b', { pool: 'big' })];
const good: Facts = {
  spec,
  activity: { workers },
  services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1), big: serviceOf(1, 1) }),
};
const stacks = (more: Facts['stacks']): Facts['stacks'] => ({ ...goodStacks(specOf(spec)), ...more });
const outdated = stacks({ [POOL]: stack('UPDATE_COMPLETE'), [BIG]: stack('UPDATE_COMPLETE') });
const short = (defaults: object, big: object) =>
  servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 0, defaults), big: serviceOf(1, 0, big) });
const updating = (name: string) => stack('UPDATE_IN_PROGRESS', { hash: goodHash(spec, name) });
const failed = { rollout: 'FAILED', rolloutReason: 'tasks failed to start' };

describe('of two pools, each has its own reason', () => {
  const rows: [string, Facts, string[]][] = [
    ['both are outdated under a lease', { leases: [1], stacks: outdated }, ['UpdateWaits', 'UpdateWaits']],
    [
      'one has no capacity, the other no image',
      {
        activity: { workers: [] },
        services: short({ troubles: ['Capacity is unavailable'] }, { troubles: ['CannotPullContainerError'] }),
      },
      ['TaskTrouble', 'TaskTrouble'],
    ],
    [
      'one has trouble, the other is on its way',
      { activity: { workers: [] }, services: short({ troubles: ['no image'] }, {}) },
      ['TaskTrouble', 'Starting'],
    ],
    [
      'one is in a state that nobody knows, the other is stuck',
      { stacks: stacks({ [POOL]: stack('RECONSIDER_COMPLETE'), [BIG]: stack('IMPORT_ROLLBACK_FAILED') }) },
      ['UnknownStackStatus', 'StackStuck'],
    ],
    ['the tasks of both fail to start', { services: short(failed, failed) }, ['RolloutFailed', 'RolloutFailed']],
    [
      'one’s update is called off, the other’s stack can’t be read',
      { stacks: stacks({ [POOL]: stack('UPDATE_IN_PROGRESS'), [BIG]: { known: false, error: 'Throttling' } }) },
      ['UpdateSuperseded', 'StackUnreadable'],
    ],
    [
      'both are free for an update, of which a pass makes one',
      { stacks: outdated, activity: { workers: [] }, services: short({}, {}) },
      ['ShapeChanged', 'OneAtATime'],
    ],
    [
      'one fails to grow for want of room while its update waits for a build',
      {
        spec: { pools: { ...spec.pools, default: { workers: 2 } } },
        leases: [1],
        stacks: outdated,
        services: servicesOf({
          server: serviceOf(1, 1),
          default: serviceOf(2, 1, { troubles: ['Capacity is unavailable'] }),
          big: serviceOf(1, 1),
        }),
      },
      ['TaskTrouble', 'UpdateWaits'],
    ],
    [
      'one’s roll-out finds no image, the other’s update is under way',
      {
        activity: { workers: [] },
        stacks: stacks({ [POOL]: updating(POOL), [BIG]: updating(BIG) }),
        services: short({ troubles: ['CannotPullContainerError'] }, {}),
      },
      ['TaskTrouble', 'StackBusy'],
    ],
  ];
  it.each(rows)('%s', (_situation, facts, [ofDefault, ofBig]) => {
    expect(wishes(of({ ...good, ...facts }))).toEqual([`pool default: ${ofDefault}`, `pool big: ${ofBig}`]);
    expect(wishes(of({ ...good, ...facts }, { pool: 'big' }))).toEqual([`pool big: ${ofBig}`]);
  });

  it('with its own words and its own remedy', () => {
    const facts = { stacks: stacks({ [POOL]: stack('RECONSIDER_COMPLETE'), [BIG]: stack('IMPORT_ROLLBACK_FAILED') }) };
    const [big] = of({ ...good, ...facts }, { pool: 'big' }).findings;
    expect(big).toMatchObject({
      text: expect.stringContaining(`stack ${BIG} is IMPORT_ROLLBACK_FAILED`),
      remedy: 'repair or delete the stack by hand; bbf makes it anew',
    });
  });

  it('what ECS says of one is not told of the other', () => {
    const services = short({ troubles: ['Capacity is unavailable'] }, { troubles: ['CannotPullContainerError'] });
    const texts = of({ ...good, activity: { workers: [] }, services }).findings.map(({ text }) => text);
    expect(texts).toEqual([
      expect.stringMatching(/^pool default .*ECS says: Capacity is unavailable$/),
      expect.stringMatching(/^pool big .*ECS says: CannotPullContainerError$/),
    ]);
  });
});

it('a pause between two tries ends when the next one is due', () => {
  const facts: Facts = { ...good, stacks: stacks({ [POOL]: stack('UPDATE_COMPLETE') }), activity: { workers: [] } };
  const tried = passOf({ ...facts, services: short({}, {}), now: NOW - 5_000 });
  const paused = passOf({ ...facts, services: short({}, {}), status: tried.status }).status;
  expect(paused.pools.default?.waiting).toMatchObject({ reason: 'StackBackoff', retryAt: iso(NOW + 10_000) });
  expect(ask(paused).next).toEqual({ at: iso(NOW + 10_000), what: 'the reconciler tries again' });
});

it('a server whose stack waits is told of beside the pools', () => {
  const facts: Facts = { leases: [1], stacks: { ...outdated, [SERVER]: stack('UPDATE_COMPLETE') } };
  expect(wishes(of({ ...good, ...facts }))).toEqual([
    'server: UpdateWaits',
    'pool default: UpdateWaits',
    'pool big: UpdateWaits',
  ]);
});

it('what needs a person comes first, with the name of its stack in what to type', () => {
  const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 0), big: serviceOf(1, 1) });
  const foreign = stack('UPDATE_COMPLETE', { uid: 'another' });
  const question = of({ spec, activity: { workers: [] }, services, stacks: stacks({ [BIG]: foreign }) });
  expect(wishes(question)).toEqual(['pool big: ForeignStack', 'pool default: Starting']);
  expect(textOf(question)).toContain(`--stack-name ${BIG}`);
});
