import { describe, expect, it } from 'vitest';
import { type Facts, passOf, serviceOf, servicesOf, wordsOf, worker } from './observation.fixture.ts';

const pool = (fields: object, more: object = {}) => ({ pools: { default: { slots: 4, ...fields } }, ...more });
const queue = (queued: number, running: number) => ({ pools: { default: { queued, running } } });
const schedule = (cron: string, workers: number, more: object = {}) => ({
  scaling: { schedules: [{ cron, for: '1h', pools: { default: { workers } }, ...more }] },
});

describe('the strongest claim on a pool, and who makes it', () => {
  // rule, facts, workers wanted, because of what
  const rows: [string, Facts, number, string][] = [
    ['nobody claims any', { spec: pool({}) }, 0, 'spec.workers'],
    ['the spec', { spec: pool({ workers: 3 }) }, 3, 'spec.workers'],
    ['one lease names its holder', { spec: pool({}), leases: [2] }, 2, 'lease of user0@host'],
    ['leases add up', { spec: pool({}), leases: [2, 3] }, 5, '2 leases'],
    [
      'of equal claims the first is named',
      { spec: pool({ workers: 2 }), leases: [2], activity: queue(8, 0) },
      2,
      'spec.workers',
    ],
    ['queued actions, by slots', { spec: pool({}), activity: queue(8, 0) }, 2, 'queued and running actions'],
    ['one more than fills them', { spec: pool({}), activity: queue(8, 1) }, 3, 'queued and running actions'],
    [
      'by the slots of the workers that run, whatever the spec asks of those to come',
      { spec: pool({ slots: 64 }), activity: { ...queue(8, 8), workers: [worker('a'), worker('b')] } },
      4,
      'queued and running actions',
    ],
    [
      'on the average, where they differ',
      { spec: pool({ slots: 1 }), activity: { ...queue(8, 8), workers: [worker('a'), worker('b', { slots: 1 })] } },
      7,
      'queued and running actions',
    ],
    [
      'not by those of workers that have ended, or are of another pool',
      {
        spec: pool({ slots: 8 }),
        activity: { ...queue(8, 8), workers: [worker('a', { lost: true }), worker('b', { pool: 'other' })] },
      },
      2,
      'queued and running actions',
    ],
    ['running ones alone', { spec: pool({}), activity: queue(0, 1) }, 1, 'queued and running actions'],
    [
      'not the queue when the spec says so',
      { spec: pool({}, { scaling: { queue: false } }), activity: queue(8, 8) },
      0,
      'spec.workers',
    ],
    [
      'nor that of a farm which is silent',
      { spec: pool({}), activity: queue(8, 8), activityAge: 91_000 },
      0,
      'spec.workers',
    ],
    ['a schedule, from its first moment', { spec: pool({}, schedule('0 9 * * *', 2)) }, 2, 'schedule 0 9 * * *'],
    ['to its last hour, whose end is not in it', { spec: pool({}, schedule('0 8 * * *', 2)) }, 0, 'spec.workers'],
    ['a minute before that', { spec: pool({}, schedule('1 8 * * *', 2)) }, 2, 'schedule 1 8 * * *'],
    [
      'in its own time zone',
      { spec: pool({}, schedule('0 10 * * *', 2, { timezone: 'Europe/Paris' })) },
      2,
      'schedule 0 10 * * *',
    ],
    [
      'never more than workersMax',
      { spec: pool({ workersMax: 4 }), leases: [9] },
      4,
      'workersMax (lease of user0@host asks 9)',
    ],
    ['exactly as many are no excess', { spec: pool({ workersMax: 4 }), leases: [4] }, 4, 'lease of user0@host'],
  ];
  it.each(rows)('%s', (_rule, facts, wanted, because) => {
    const { status } = passOf({ server: [1, 1], pool: [0, 0], activity: {}, ...facts });
    expect(status.pools.default).toMatchObject({ wanted, because });
  });

  it('a lease of one pool claims nothing of another', () => {
    const spec = { pools: { default: {}, other: {} } };
    const { status } = passOf({ spec, server: [1, 1], pool: [0, 0], leases: [2], activity: {} });
    expect(status.pools).toMatchObject({
      default: { wanted: 2, because: 'lease of user0@host' },
      other: { wanted: 0 },
    });
  });
});

describe('an hour’s money', () => {
  // Server 1 vCPU, 2 GiB: 0.05437. Worker 4 vCPU, 8 GiB on Spot: 0.067574.
  const both = (a: number, b: number, usdPerHour: number) => ({
    pools: { a: { workers: a }, b: { workers: b } },
    budget: { usdPerHour },
  });
  // The first worker of pool a on demand: 0.20581.
  const based = (a: number, b: number, usdPerHour: number) => ({
    ...both(a, b, usdPerHour),
    pools: { a: { workers: a, onDemandBase: 1 }, b: { workers: b } },
  });
  const services = servicesOf({ server: serviceOf(1, 1), a: serviceOf(0, 0), b: serviceOf(0, 0) });
  const rows: [string, object, string, string][] = [
    ['enough for all', both(2, 1, 1), 'a 2 spec.workers', 'b 1 spec.workers'],
    ['given out in turn', both(3, 3, 0.26), 'a 2 budget (spec.workers)', 'b 1 budget (spec.workers)'],
    ['what one does not want the other may have', both(3, 1, 0.26), 'a 2 budget (spec.workers)', 'b 1 spec.workers'],
    ['just enough for one', both(1, 0, 0.122), 'a 1 spec.workers', 'b 0 spec.workers'],
    ['exactly what a server and a worker cost', both(1, 0, 0.121944), 'a 1 spec.workers', 'b 0 spec.workers'],
    [
      'exactly a server, a worker on demand and one on Spot',
      based(2, 0, 0.327754),
      'a 2 spec.workers',
      'b 0 spec.workers',
    ],
    ['too little for the one on Spot', based(2, 0, 0.3277), 'a 1 budget (spec.workers)', 'b 0 spec.workers'],
    ['too little for the one on demand', based(2, 1, 0.26), 'a 0 budget (spec.workers)', 'b 1 spec.workers'],
    ['less than a server and a worker cost', both(1, 0, 0.1219), 'a 0 budget (spec.workers)', 'b 0 spec.workers'],
  ];
  it.each(rows)('%s', (_rule, spec, ...expected) => {
    const { pools } = passOf({ spec, services, activity: {} }).status;
    expect(Object.entries(pools).map(([name, { wanted, because }]) => `${name} ${wanted} ${because}`)).toEqual(
      expected,
    );
  });

  it('pays for more where tasks have no public addresses: a cent less for a server and a worker', () => {
    const wanted = (usdPerHour: number) =>
      passOf({ spec: both(1, 0, usdPerHour), services, activity: {}, publicAddresses: false }).status.pools.a?.wanted;
    expect([wanted(0.111944), wanted(0.111943)]).toEqual([1, 0]);
  });

  it('what is held back is said with the number that would be there without the budget', () => {
    const { status } = passOf({ spec: both(3, 3, 0.26), services, activity: {} });
    expect(wordsOf(status, 'WithinBudget')).toContain('pool a wants 3 workers, the budget allows 2');
  });
});
