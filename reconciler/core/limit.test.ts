import { describe, expect, it } from 'vitest';
import { asleepStatus, type Facts, passOf, want } from './observation.fixture.ts';
import { worthWriting } from './report.ts';

// Server 1 vCPU, 2 GiB: 0.05437. Worker 4 vCPU, 8 GiB on Spot: 0.067574. So this pays for two.
const tight = { budget: { usdPerHour: 0.2 } };
const most = (workersMax: number, more: object = {}) => ({ pools: { default: { workers: 0, workersMax } }, ...more });
const queue = { pools: { default: { queued: 36, running: 0 } } };
const poolOf = (facts: Facts) => passOf({ server: [1, 1], pool: [0, 0], activity: {}, ...facts }).status.pools.default;

describe('what a limit holds back of a pool', () => {
  // rule, facts, wanted, who limits it, asked for, asked for by the document
  const rows: [string, Facts, number, [by: string, asked: number, askedBySpec: number] | null][] = [
    ['nothing, where there is no limit', { spec: want(5) }, 5, null],
    ['nothing, where a limit is reached', { spec: want(2, tight) }, 2, null],
    ['workers of the document', { spec: want(5, tight) }, 2, ['budget', 5, 5]],
    ['workers of a lease', { spec: want(0, tight), leases: [3] }, 2, ['budget', 3, 0]],
    [
      'workers of a lease that asks for more than the document',
      { spec: want(3, tight), leases: [9] },
      2,
      ['budget', 9, 3],
    ],
    ['workers of a queue', { spec: most(4), activity: queue }, 4, ['workersMax', 9, 0]],
    ['by the tighter of two', { spec: most(4, tight), leases: [9] }, 2, ['budget', 9, 0]],
    ['more than a lease keeps', { spec: want(5, tight), leases: [3], pool: [3, 3] }, 3, ['budget', 5, 5]],
    ['more than a lease keeps above workersMax', { spec: most(1), leases: [9], pool: [3, 3] }, 3, ['workersMax', 9, 0]],
    [
      'nothing, where a lease keeps all that is asked for',
      { spec: want(0, tight), leases: [3], pool: [3, 3] },
      3,
      null,
    ],
    ['nothing of a cluster that sleeps', { spec: want(5, tight), server: [0, 0], status: asleepStatus() }, 0, null],
    ['nothing of one that goes', { spec: want(5, { ...tight, delete: { uid: 'u1' } }) }, 0, null],
  ];
  it.each(rows)('%s', (_rule, facts, wanted, expected) => {
    const [by, asked, askedBySpec] = expected ?? [];
    const pool = poolOf(facts);
    expect([pool?.wanted, pool?.limit]).toEqual([wanted, by && { by, asked, askedBySpec }]);
  });

  it('is no news while it stays the same', () => {
    const facts: Facts = { spec: want(5, tight), server: [1, 1], pool: [2, 2], activity: {} };
    const { status } = passOf(facts);
    expect(status.pools.default).toHaveProperty('limit');
    const again = passOf({ ...facts, status: { ...status, actions: [] } });
    expect(worthWriting({ ...status, actions: [] }, again.status, Date.parse(status.heartbeatAt))).toBe(false);
  });
});
