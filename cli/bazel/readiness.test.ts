import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, lease, pool, statusDouble } from '../testing/status-double.ts';
import { judgeReadiness } from './readiness.ts';

const seen = { leases: [lease('mine')] };
const asleep = { endpoint: null, asleep: { since: '2026-01-01T00:00:00Z', revision: 'v1' } };
const stalled = { conditions: [condition('Stalled', 'True', 'RolloutFailed')] };
const stalledAt = (part: string) => ({ conditions: [{ ...stalled.conditions[0]!, target: `bbf--main--${part}` }] });
const failed = { reason: 'StackFailed', message: 'stack is ROLLBACK_COMPLETE' };
const refused = { conditions: [condition('Accepted', 'False', 'Invalid')] };

const rows: [rule: string, workers: number, status: Status | null, expected: string | number][] = [
  ['no status yet: wait', 1, null, 'waiting'],
  ['converged: build at once, also before the lease is seen', 1, statusDouble(), 'done'],
  ['as many workers as claimed: build', 3, statusDouble(), 'done'],
  ['fewer, lease not seen: wait', 4, statusDouble(), 'waiting'],
  [
    'fewer, lease seen and more are wanted: wait',
    4,
    statusDouble({ ...seen, pools: { default: pool(3, { wanted: 4 }) } }),
    'waiting',
  ],
  ['lease seen, and limits allow no more: build with what there is', 9, statusDouble(seen), 'done'],
  ['draining workers do not count', 3, statusDouble({ pools: { default: pool(3, { draining: ['a'] }) } }), 'waiting'],
  ['asleep: wait until the lease wakes it', 1, statusDouble(asleep), 'waiting'],
  ['asleep, although workers are still there: wait', 1, statusDouble({ asleep: asleep.asleep }), 'waiting'],
  ['server starts: wait', 1, statusDouble({ ...seen, endpoint: null }), 'waiting'],
  ['stalled and ready all the same: build', 1, statusDouble({ ...seen, ...stalled }), 'done'],
  [
    'stalled before the lease was seen: wait, it may be old',
    1,
    statusDouble({ ...stalled, endpoint: null }),
    'waiting',
  ],
  ['stalled and not ready: end', 1, statusDouble({ ...seen, ...stalled, endpoint: null }), exitCodes.configuration],
  [
    'another pool is stalled, and this one starts: wait',
    3,
    statusDouble({ ...seen, ...stalledAt('pool--arm'), endpoint: null }),
    'waiting',
  ],
  [
    'another pool is stalled, and this one too: end',
    3,
    statusDouble({
      ...seen,
      ...stalledAt('pool--arm'),
      pools: { default: pool(3, { registered: 0, waiting: failed }) },
    }),
    exitCodes.configuration,
  ],
  [
    'another pool is stalled, and the server too: end',
    3,
    statusDouble({
      ...seen,
      ...stalledAt('pool--arm'),
      endpoint: null,
      server: { ...statusDouble().server, waiting: { reason: 'RolloutFailed', message: 'its tasks fail' } },
    }),
    exitCodes.configuration,
  ],
  [
    'another pool is stalled, and this one waits for CloudFormation: wait',
    3,
    statusDouble({
      ...seen,
      ...stalledAt('pool--arm'),
      pools: { default: pool(3, { registered: 0, waiting: { reason: 'StackBusy', message: 'CREATE_IN_PROGRESS' } }) },
    }),
    'waiting',
  ],
  [
    'this pool is stalled: end',
    3,
    statusDouble({ ...seen, ...stalledAt('pool--default'), endpoint: null }),
    exitCodes.configuration,
  ],
  [
    'the server is stalled: end',
    3,
    statusDouble({ ...seen, ...stalledAt('server'), endpoint: null }),
    exitCodes.configuration,
  ],
  ['newest revision refused, the last valid one runs: build', 1, statusDouble({ ...seen, ...refused }), 'done'],
  [
    'newest refused, the last valid one starts: wait',
    1,
    statusDouble({ ...seen, ...refused, endpoint: null }),
    'waiting',
  ],
  [
    'refused, and none was ever valid: end',
    1,
    statusDouble({ ...seen, ...refused, endpoint: null, acceptedRevision: null }),
    exitCodes.invalidDocument,
  ],
  [
    'refused, and what was valid is no longer known: end',
    1,
    statusDouble({
      ...seen,
      endpoint: null,
      conditions: [...refused.conditions, condition('Stalled', 'True', 'Invalid')],
    }),
    exitCodes.invalidDocument,
  ],
  [
    'refused, and the last valid one is stalled for another reason: end with that one',
    1,
    statusDouble({ ...seen, endpoint: null, conditions: [...refused.conditions, ...stalled.conditions] }),
    exitCodes.configuration,
  ],
  [
    'suspended at zero: end',
    1,
    statusDouble({ ...seen, endpoint: null, conditions: [condition('Reconciling', 'False', 'Suspended')] }),
    exitCodes.configuration,
  ],
  [
    'its workers are listed, and have ended: wait',
    1,
    statusDouble({ ...seen, pools: { default: pool(1, { running: 0 }) } }),
    'waiting',
  ],
  [
    'the server has no queue of the pool: wait, although its workers are there',
    1,
    statusDouble({ ...seen, server: { ...statusDouble().server, pools: ['arm'] } }),
    'waiting',
  ],
  [
    'the server has a queue of the pool: build',
    1,
    statusDouble({ ...seen, server: { ...statusDouble().server, pools: ['arm', 'default'] } }),
    'done',
  ],
  ['the pool is gone: end', 1, statusDouble({ ...seen, pools: {} }), exitCodes.configuration],
  [
    'the pool may have no worker: end',
    1,
    statusDouble({ ...seen, pools: { default: pool(0) } }),
    exitCodes.configuration,
  ],
];

describe('whether a build can start', () => {
  it.each(rows)('%s', (_rule, workers, status, expected) => {
    const verdict = judgeReadiness({ cluster: 'main', pool: 'default', workers, leaseId: 'mine' }, status);
    expect(verdict.state === 'stuck' ? verdict.failure.exitCode : verdict.state).toBe(expected);
    if (verdict.state === 'done') expect(verdict.value).toBe('127.0.0.9:8980');
  });

  it.each([
    ['the lease, which was not needed', {}],
    ['another pool', { ...seen, pools: { default: pool(3), arm: pool(1, { registered: 0 }) } }],
    [
      'the reconciler',
      { conditions: [condition('Ready', 'False', 'Starting'), condition('Reconciling', 'True', 'Starting')] },
    ],
  ])('ends without a line that still waits for %s', (_what, change) => {
    const claim = { cluster: 'main', pool: 'default', workers: 1, leaseId: 'mine' };
    const { state, lines } = judgeReadiness(claim, statusDouble(change));
    expect([state, ...lines.map((line) => line.state)]).toEqual(['done', 'done', 'done']);
  });

  it.each<[string, Partial<Status>, string, string]>([
    ['more than is there', { pools: { default: pool(3, { wanted: 0 }) } }, 'busy', '3 of 6 workers ready'],
    ['more than anybody wanted before', { pools: { default: pool(0) }, ...asleep }, 'busy', '0 of 6 workers ready'],
    ['no more than others', { pools: { default: pool(7) } }, 'done', '7 of 7 workers ready'],
    [
      'more than a limit allows, once the lease is seen',
      { ...seen, pools: { default: pool(3, { limit: { by: 'workersMax', asked: 6, askedBySpec: 0 } }) } },
      'done',
      '3 of 3 workers ready (no more by its workersMax)',
    ],
  ])('counts what it claims as wanted: %s', (_what, change, state, text) => {
    const claim = { cluster: 'main', pool: 'default', workers: 6, leaseId: 'mine' };
    const { lines } = judgeReadiness(claim, statusDouble(change));
    expect(lines.find(({ key }) => key === 'pool default')).toMatchObject({ state, text: `pool default: ${text}` });
  });

  it('says what its own pool is stuck in, where status tells of another one first', () => {
    const claim = { cluster: 'main', pool: 'default', workers: 1, leaseId: 'mine' };
    const pools = { default: pool(1, { registered: 0, waiting: failed }) };
    expect(judgeReadiness(claim, statusDouble({ ...seen, ...stalledAt('pool--arm'), pools }))).toMatchObject({
      failure: { message: 'main is stalled: StackFailed: stack is ROLLBACK_COMPLETE' },
    });
  });

  it.each<[string, 'budget' | 'workersMax' | undefined, string]>([
    ['workersMax', 'workersMax', 'bbf want --cluster=ci --pool=arm --max=2 (workersMax)'],
    ['the budget', 'budget', 'bbf edit --cluster=ci (spec.budget)'],
    [
      'what the status does not name',
      undefined,
      'bbf want --cluster=ci --pool=arm --max=2 (workersMax), or bbf edit --cluster=ci (spec.budget)',
    ],
  ])('says what to type where a pool may have no worker by %s', (_what, by, next) => {
    const claim = { cluster: 'ci', pool: 'arm', workers: 2, leaseId: 'mine' };
    const arm = pool(0, by && { limit: { by, asked: 2, askedBySpec: 0 } });
    expect(judgeReadiness(claim, statusDouble({ ...seen, pools: { arm } }))).toMatchObject({ failure: { next } });
  });
});
