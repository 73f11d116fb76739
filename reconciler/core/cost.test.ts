import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { OWN_NETWORK, serverUsdPerHour, workerUsdPerHour } from '../../config-schema/prices.ts';
import {
  type Facts,
  goodStacks,
  longTold,
  minutes,
  NOW,
  POOL,
  passOf,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  worker,
} from './observation.fixture.ts';

const spec = { pools: { default: { workers: 2 } } };
const rounded = (usd: number) => Number(usd.toFixed(6));
const SERVER_USD = serverUsdPerHour(specOf(spec).server, OWN_NETWORK);
const WORKER_USD = rounded(workerUsdPerHour(specOf(spec).pools.default as never, OWN_NETWORK));
const costOf = (facts: Facts) => passOf({ spec, ...facts }).status.cost;

describe('what an hour costs: all that ECS was told to run, or still runs', () => {
  const server = serviceOf(1, 1);
  // rule, the services, servers and workers that are paid for
  const rows: [string, Parameters<typeof servicesOf>[0], number, number][] = [
    ['nothing runs', { server: serviceOf(0, 0), default: serviceOf(0, 0) }, 0, 0],
    ['a server and two workers', { server, default: serviceOf(2, 2) }, 1, 2],
    ['tasks that were asked for', { server: serviceOf(1, 0), default: serviceOf(3, 0) }, 1, 3],
    ['tasks that have not stopped yet', { server: serviceOf(0, 1), default: serviceOf(0, 2) }, 1, 2],
    [
      'tasks that come up while others run',
      { server: serviceOf(0, 1, { pending: 1 }), default: serviceOf(1, 2, { pending: 3 }) },
      2,
      5,
    ],
    [
      'a pool that the spec no longer names, and no status knew, has no price',
      { server, default: serviceOf(0, 0), old: serviceOf(3, 3) },
      1,
      0,
    ],
  ];
  it.each(rows)('%s', (_rule, services, servers, workers) => {
    const inventory = ['bbf--main--pool--old'];
    const { usdPerHour } = costOf({ services: servicesOf(services), inventory });
    expect(usdPerHour).toBe(rounded(servers * SERVER_USD + workers * WORKER_USD));
  });
});

it('a pool that the spec no longer names costs what it did, worker by worker', () => {
  const pools = { default: { workers: 0 }, old: { workers: 3, onDemandBase: 1 } };
  const three = servicesOf({ server: serviceOf(1, 1), default: serviceOf(0, 0), old: serviceOf(3, 3) });
  const before = passOf({ spec: { pools }, services: three }).status;
  const removed = { spec: { pools: { default: pools.default } }, leases: [] };
  const first = passOf({ ...removed, services: three, status: before }).status;
  expect(first.cost.usdPerHour).toBe(before.cost.usdPerHour);
  const two = servicesOf({ server: serviceOf(1, 1), default: serviceOf(0, 0), old: serviceOf(2, 2) });
  const second = costOf({ ...removed, services: two, status: first });
  expect(second.usdPerHour).toBe(rounded(SERVER_USD + ((before.cost.usdPerHour - SERVER_USD) * 2) / 3));
});

it('what ECS does not tell costs what it did', () => {
  const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 2) });
  const { status } = passOf({ spec, services });
  const unread = costOf({ services: { known: false, error: 'Throttling' }, status });
  expect(unread.usdPerHour).toBe(rounded(SERVER_USD + 2 * WORKER_USD));
});

it('tasks without public addresses cost half a cent less each', () => {
  const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 2) });
  const behindNat = costOf({ services, publicAddresses: false });
  expect(behindNat).toMatchObject({
    usdPerHour: rounded(SERVER_USD + 2 * WORKER_USD - 3 * 0.005),
    publicAddresses: false,
  });
});

it('the first workers of a pool with a base on demand cost more', () => {
  const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(3, 2) });
  const based = { pools: { default: { workers: 3, onDemandBase: 1 } } };
  // 0.05437 for the server, 0.20581 on demand, twice 0.067574 on Spot.
  expect(costOf({ spec: based, services }).usdPerHour).toBe(0.395328);
});

describe('a pool of another shape, whose workers a build uses', () => {
  const dear = { workers: 12, workersMax: 48, cpu: 16384, memoryMiB: 32768, capacity: 'on-demand' };
  const document = (pool: object) => ({ pools: { default: { ...dear, ...pool } }, budget: { usdPerHour: 10 } });
  const built = specOf(document({}));
  const workers = Array.from({ length: 12 }, (_, i) => worker(`w${i}`, { running: 1 }));
  const running: Facts = { server: [1, 1], pool: [12, 12], leases: [60], activity: { running: 12, workers } };
  const before = longTold(passOf({ spec: document({}), ...running }).status);
  const edited = (pool: object, facts: Facts = {}) =>
    passOf({ ...running, spec: document(pool), revision: 'r2', stacks: goodStacks(built), status: before, ...facts });
  const rows: [string, object][] = [
    ['is to be smaller', { cpu: 4096, memoryMiB: 8192 }],
    ['is to be on Spot', { capacity: 'spot' }],
    ['is to be of another shape at the same price', { slots: 64 }],
  ];
  it.each(rows)('costs what it did, and grows no further than its own price allows: it %s', (_rule, pool) => {
    const { lines, status } = edited(pool);
    expect(lines).toEqual([]);
    expect(status.pools.default).toMatchObject({ wanted: 12, limit: { by: 'budget', asked: 60 } });
    expect(status.cost).toMatchObject({
      usdPerHour: before.cost.usdPerHour,
      usdPerWorkerHour: before.cost.usdPerWorkerHour,
    });
    const later = edited(pool, { status: longTold(status) }).status;
    expect(later.cost.usdPerHour).toBe(before.cost.usdPerHour);
  });

  it('costs no more than it did while a larger one is wanted', () => {
    const small = { cpu: 4096, memoryMiB: 8192 };
    const of = (pool: object) => ({ pools: { default: { ...dear, ...pool } } });
    const cheap = longTold(passOf({ ...running, spec: of(small) }).status);
    const stacks = goodStacks(specOf(of(small)));
    const { cost } = passOf({ ...running, spec: of({}), revision: 'r2', stacks, status: cheap }).status;
    expect(cost.usdPerHour).toBe(cheap.cost.usdPerHour);
  });

  it('has the price of the spec once no task of it is left, and once its stack is of that shape', () => {
    const small = { cpu: 4096, memoryMiB: 8192 };
    const none = edited(small, { pool: [0, 0], activity: {} }).status;
    const there = edited(small, { stacks: goodStacks(specOf(document(small))) }).status;
    const usd = rounded(workerUsdPerHour(specOf(document(small)).pools.default as never, OWN_NETWORK));
    for (const { cost } of [none, there]) expect(cost.usdPerWorkerHour).toEqual({ default: usd });
    expect(there.pools.default?.wanted).toBe(48);
  });
});

describe('what the day has cost', () => {
  const at = (iso: string) => Date.parse(iso);
  const spentSo = (cost: Partial<Status['cost']>): Status => {
    const { status } = passOf({ spec });
    const known = { usdPerHour: 2, usdToday: 5, day: '2026-11-23', accountedAt: '2026-11-23T08:30:00.000Z' };
    return { ...status, cost: { ...known, ...cost } };
  };
  it('begins at nothing', () => {
    expect(costOf({})).toEqual({
      usdPerHour: 0,
      usdPerWorkerHour: { default: WORKER_USD },
      usdToday: 0,
      day: '2026-11-23',
      accountedAt: '2026-11-23T09:00:00.000Z',
      publicAddresses: true,
    });
  });

  const yesterday = { day: '2026-11-22', accountedAt: '2026-11-22T23:30:00.000Z' };
  const rows: [string, Partial<Status['cost']>, string, number][] = [
    ['the last rate has held since', {}, '2026-11-23T09:00:00Z', 6],
    ['no time has passed', {}, '2026-11-23T08:30:00Z', 5],
    ['a clock that went back costs nothing', {}, '2026-11-23T08:00:00Z', 5],
    ['money that is known to a millionth of a dollar', { usdPerHour: 0.0000018 }, '2026-11-23T09:00:00Z', 5.000001],
    ['a new day begins at zero, at midnight UTC', yesterday, '2026-11-23T00:15:00Z', 0.5],
    ['a day that nobody looked at is not counted', { ...yesterday, day: '2026-11-20' }, '2026-11-23T01:00:00Z', 2],
  ];
  it.each(rows)('%s', (_rule, cost, now, usdToday) => {
    expect(costOf({ now: at(now), status: spentSo(cost) })).toMatchObject({
      usdToday,
      day: '2026-11-23',
      accountedAt: new Date(at(now)).toISOString(),
      publicAddresses: true,
    });
  });

  it('of another cluster of this name is not ours', () => {
    expect(costOf({ status: { ...spentSo({}), uid: 'u0' } }).usdToday).toBe(0);
  });
});

describe('a day whose money is spent', () => {
  const spent = (usdToday: number): Status => {
    const { status } = passOf({ spec });
    return {
      ...status,
      cost: { usdPerHour: 0, usdToday, day: '2026-11-23', accountedAt: new Date(NOW - minutes(1)).toISOString() },
    };
  };
  const limited = { pools: { default: { workers: 3 } }, budget: { usdPerDay: 5 } };
  const facts = (usdToday: number): Facts => ({
    spec: limited,
    server: [1, 1],
    pool: [2, 2],
    activity: { workers: [worker('a'), worker('b')] },
    status: { ...spent(usdToday), awake: true },
  });

  it.each([
    ['a cent less: grows', 4.99, ['default 2→3'], { wanted: 3, because: 'spec.workers' }],
    ['all of it: grows nothing, takes nothing away', 5, [], { wanted: 2, because: 'budget (spec.workers)' }],
  ])('%s', (_rule, usdToday, lines, pool) => {
    const pass = passOf(facts(usdToday));
    expect(pass.lines).toEqual(lines);
    expect(pass.status.pools.default).toMatchObject(pool);
  });

  it('keeps what it had while ECS does not tell', () => {
    const { pools } = passOf(facts(5)).status;
    const { status } = facts(5);
    const unread: Facts = {
      ...facts(5),
      services: { known: false, error: 'Throttling' },
      status: { ...(status as Status), pools },
    };
    expect(passOf(unread).status.pools.default).toMatchObject({ wanted: 2 });
  });

  const POOL_WORKERS = [worker('a', { drained: true }), worker('b', { drained: true })];
  const older = { ...goodStacks(specOf(limited)), [POOL]: stack('UPDATE_COMPLETE', { hash: 'older' }) };
  it('workers that go for a new shape come back', () => {
    const going = passOf({ ...facts(5), stacks: older });
    expect(going.status.pools.default).toMatchObject({ wanted: 0, rolledFrom: 2 });
    const gone: Facts = { ...facts(5), pool: [0, 0], activity: {} };
    const next = (status: Status): Facts => ({ ...gone, status: { ...status, cost: spent(5).cost } });
    const away = passOf({ ...next({ ...going.status, pools: asked(going.status) }), stacks: older });
    expect(away.status.pools.default).toMatchObject({ wanted: 2, rolledFrom: 2 });
    const back = passOf(next(away.status));
    expect(back.lines).toEqual(['default 0→2']);
    const there = passOf({ ...facts(5), status: { ...back.status, cost: spent(5).cost } });
    expect(there.status.pools.default).not.toHaveProperty('rolledFrom');
    expect(there.lines).toEqual([]);
  });
  it('one of them gone before the money was, all come back too', () => {
    const before = passOf({ ...facts(4), stacks: older }).status;
    const halfWay: Facts = { ...facts(5), pool: [1, 1], activity: { workers: POOL_WORKERS.slice(1) } };
    const going = passOf({
      ...halfWay,
      stacks: older,
      status: { ...before, pools: asked(before, ['b']), cost: spent(5).cost },
    });
    expect(going.status.pools.default).toMatchObject({ wanted: 0, rolledFrom: 2 });
  });
  const asked = ({ pools }: Status, draining: string[] = []): Status['pools'] => ({
    default: { ...(pools.default as Status['pools'][string]), desired: draining.length, toldAt: null, draining },
  });
});
