import { describe, expect, it } from 'vitest';
import { parseStatus } from '../../config-schema/parse.ts';
import {
  type Facts,
  goodStacks,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  worker,
} from './observation.fixture.ts';
import { worthWriting } from './report.ts';

const BIG = POOL.replace('default', 'big');
const spec = { pools: { default: { workers: 1 }, big: { workers: 1 } } };
const good: Facts = {
  spec,
  activity: { workers: [worker('a'), worker('b', { pool: 'big' })] },
  services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1), big: serviceOf(1, 1) }),
};
const stacks = (more: Facts['stacks']): Facts['stacks'] => ({ ...goodStacks(specOf(spec)), ...more });
const old = stack('UPDATE_COMPLETE');
const outdated = stacks({ [SERVER]: old, [POOL]: old, [BIG]: old });
const failing = { rollout: 'FAILED', rolloutReason: 'tasks failed to start' };

describe('what server and pools wait for', () => {
  const rows: [string, Facts, (string | undefined)[]][] = [
    ['nothing, where all is as wanted', {}, [undefined, undefined, undefined]],
    [
      'each for its own stack, not only the first',
      {
        stacks: stacks({
          [SERVER]: stack('IMPORT_ROLLBACK_FAILED'),
          [POOL]: stack('RECONSIDER_COMPLETE'),
          [BIG]: stack('UPDATE_ROLLBACK_IN_PROGRESS'),
        }),
      },
      ['StackStuck', 'UnknownStackStatus', 'RollingBack'],
    ],
    ['for builds', { leases: [1], stacks: outdated }, ['UpdateWaits', 'UpdateWaits', 'UpdateWaits']],
    ['for what nobody has read yet', { stacks: {} }, ['StackNotRead', 'StackNotRead', 'StackNotRead']],
    [
      'for a service that is left over, though there is no stack to tell of',
      { stacks: stacks({ [BIG]: noStack }) },
      [undefined, undefined, 'ServiceLeftOver'],
    ],
    [
      'for its turn, but for the one that a pass updates',
      {
        stacks: stacks({ [POOL]: old, [BIG]: old }),
        activity: { workers: [] },
        services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 0), big: serviceOf(1, 0) }),
      },
      [undefined, undefined, 'OneAtATime'],
    ],
    [
      'for a person, where a roll-out failed',
      {
        services: servicesOf({
          server: serviceOf(1, 1),
          default: serviceOf(2, 1, failing),
          big: serviceOf(2, 1, failing),
        }),
      },
      [undefined, 'RolloutFailed', 'RolloutFailed'],
    ],
    [
      'for nothing while it is suspended, but for what is stuck',
      { spec: { ...spec, suspend: true }, stacks: { ...outdated, [BIG]: stack('IMPORT_ROLLBACK_FAILED') } },
      [undefined, undefined, 'StackStuck'],
    ],
  ];
  it.each(rows)('%s', (_what, facts, expected) => {
    const { status } = passOf({ ...good, ...facts });
    const { server, pools } = status;
    const waits = [server, pools.default, pools.big].map((part) => part?.waiting?.reason);
    expect(waits).toEqual(expected);
    expect(parseStatus(JSON.stringify(status))).toEqual({ ok: true, status });
  });

  it('in words that name its stack', () => {
    const { pools, conditions } = passOf({ ...good, leases: null, stacks: outdated }).status;
    expect(pools.big?.waiting?.message).toBe(`stack ${BIG} is updated once its workers are free and drained`);
    const held = passOf({ ...good, document: { state: 'unreadable', error: 'SlowDown' }, ...acceptedNow() }).status;
    const message = `stack ${BIG} waits for its turn, or for documents to be readable`;
    expect(held.pools.big?.waiting).toEqual({ reason: 'OneAtATime', message });
    expect(held.conditions.find(({ type }) => type === 'Reconciling')).toMatchObject({ message });
    expect(conditions.length).toBe(9);
  });

  const acceptedNow = (): Facts => ({
    accepted: { revision: 'r1', uid: 'u1', spec: specOf(spec) },
    stacks: stacks({ [BIG]: noStack }),
    services: servicesOf({ server: serviceOf(1, 1), default: serviceOf(1, 1) }),
  });

  it('is written once, and again when it is over', () => {
    const waits: Facts = { ...good, leases: [1], stacks: outdated };
    const { status } = passOf(waits);
    const next = (facts: Facts) => passOf({ ...facts, now: NOW + 1_000, status }).status;
    expect(worthWriting(status, next(waits), NOW + 1_000)).toBe(false);
    expect(worthWriting(status, next({ ...good, leases: [1] }), NOW + 1_000)).toBe(true);
  });
});

describe('what ECS says of a pool', () => {
  const troubles = (pool: 'default' | 'big') => ({ troubles: [`no room for ${pool}`, 'older'] });
  const said = (running: number, workers: object[]) => {
    const services = servicesOf({
      server: serviceOf(1, 1),
      default: serviceOf(1, running, troubles('default')),
      big: serviceOf(1, running, troubles('big')),
    });
    const { pools } = passOf({ ...good, activity: { workers: workers as never }, services }).status;
    return [pools.default?.trouble, pools.big?.trouble];
  };
  it('is told of each that is short of workers, the newest first', () =>
    expect(said(0, [])).toEqual(['no room for default', 'no room for big']));
  it('is no news once the workers are there', () =>
    expect(said(1, [worker('a'), worker('b', { pool: 'big' })])).toEqual([undefined, undefined]));
  it('is, where ECS runs what the farm does not know', () =>
    expect(said(1, [worker('a')])).toEqual([undefined, 'no room for big']));
});

it('without a document nothing is looked at, so nothing is said to wait', () => {
  const { status } = passOf({ ...good, leases: [1], stacks: outdated });
  const held = passOf({ ...good, document: { state: 'absent' }, status }).status;
  expect([held.server, ...Object.values(held.pools)].map(({ waiting }) => waiting)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(held.pools.big).toMatchObject({ wanted: 1, running: 1 });
});
