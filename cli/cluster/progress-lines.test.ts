import { expect, it } from 'vitest';
import type { PoolStatus } from '../../config-schema/documents.ts';
import { condition, statusDouble } from '../testing/status-double.ts';
import { progressLines } from './progress-lines.ts';

const [pool] = Object.values(statusDouble().pools);

it.each<[string, Partial<PoolStatus>, string, string]>([
  ['all there', { wanted: 2, desired: 2, registered: 2 }, '2 of 2 workers ready', 'done'],
  ['some to come', { wanted: 3, desired: 3, registered: 1 }, '1 of 3 workers ready (2 starting)', 'busy'],
  ['some to go', { wanted: 1, desired: 3, registered: 3 }, '1 of 1 workers ready (2 more than wanted)', 'done'],
  [
    'one that drains',
    { wanted: 1, desired: 2, registered: 2, draining: ['a'] },
    '1 of 1 workers ready (1 draining)',
    'done',
  ],
  [
    'fewer than a build asked for',
    { wanted: 2, desired: 2, registered: 2, limit: { by: 'workersMax', asked: 6, askedBySpec: 0 } },
    '2 of 2 workers ready (no more by its workersMax)',
    'done',
  ],
  [
    'fewer than a build asked for, and nothing to pay more with',
    { wanted: 2, desired: 2, registered: 1, limit: { by: 'budget', asked: 6, askedBySpec: 0 } },
    '1 of 2 workers ready (no more by spec.budget, 1 starting)',
    'busy',
  ],
  [
    'none, and a reason for it',
    { wanted: 2, desired: 2, registered: 0, trouble: 'CannotPullContainerError: no such image' },
    '0 of 2 workers ready (2 starting): CannotPullContainerError: no such image',
    'busy',
  ],
  [
    'a step that waits',
    { wanted: 2, desired: 0, registered: 0, waiting: { reason: 'StackBackoff', message: 'the next try is in 40 s' } },
    '0 of 2 workers ready: the next try is in 40 s',
    'busy',
  ],
])('a pool with %s', (_what, counts, text, state) => {
  if (pool === undefined) throw new Error('the status has no pool');
  const status = statusDouble({ pools: { default: { ...pool, draining: [], ...counts } } });
  const line = progressLines(status).find(({ key }) => key === 'pool default');
  expect(line).toMatchObject({ text: `pool default: ${text}`, state });
});

it('says a reason once, where the reconciler’s line has it among its counts', () => {
  if (pool === undefined) throw new Error('the status has no pool');
  const trouble = 'CannotPullContainerError: no such image';
  const status = statusDouble({
    pools: { default: { ...pool, wanted: 1, desired: 1, registered: 0, trouble } },
    conditions: [
      condition('Ready', 'False', 'TaskTrouble', `default 0/1; ${trouble}`),
      condition('Reconciling', 'True', 'TaskTrouble', `default 0/1; ${trouble}`),
    ],
  });
  expect(progressLines(status).map(({ text }) => text)).toEqual([
    'server: serves at 127.0.0.9:8980',
    'pool default: 0 of 1 workers ready (1 starting)',
    `reconciler: default 0/1; ${trouble}`,
  ]);
});
