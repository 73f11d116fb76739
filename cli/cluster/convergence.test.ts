import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, pool, statusDouble } from '../testing/status-double.ts';
import { judgeConvergence } from './convergence.ts';

const notReady = condition('Ready', 'False', 'Starting');
const rows: [rule: string, status: Status | null, expected: string | number][] = [
  ['no pass yet', null, 'waiting'],
  ['ready for our revision', statusDouble(), 'done'],
  [
    'ready for another one',
    statusDouble({
      observedRevision: 'v0',
      conditions: [{ ...condition('Ready', 'True', 'Converged'), observedRevision: 'v0' }],
    }),
    'waiting',
  ],
  [
    'stalled on another one: not our trouble yet',
    statusDouble({ conditions: [{ ...notReady, observedRevision: 'v0' }, condition('Stalled', 'True', 'X')] }),
    'waiting',
  ],
  [
    'ready with fewer workers than the document wants, by the budget',
    statusDouble({ pools: { default: pool(2, { because: 'budget (spec.workers)' }) } }),
    exitCodes.configuration,
  ],
  [
    'ready with fewer workers than a build asks for, by the budget',
    statusDouble({ pools: { default: pool(2, { because: 'budget (lease of me)' }) } }),
    'done',
  ],
  ['seen and not there yet', statusDouble({ observedRevision: 'v0', conditions: [notReady] }), 'waiting'],
  ['refused', statusDouble({ conditions: [condition('Accepted', 'False', 'Invalid')] }), exitCodes.invalidDocument],
  [
    'stalled',
    statusDouble({ conditions: [notReady, condition('Stalled', 'True', 'RolloutFailed')] }),
    exitCodes.configuration,
  ],
  [
    'suspended',
    statusDouble({ conditions: [notReady, condition('Reconciling', 'False', 'Suspended')] }),
    exitCodes.configuration,
  ],
  ['asleep with that revision', statusDouble({ conditions: [condition('Ready', 'True', 'Asleep')] }), 'done'],
];

describe('whether a revision has come true', () => {
  it.each(rows)('%s', (_rule, status, expected) => {
    const verdict = judgeConvergence('main', 'v1', status);
    expect(verdict.state === 'stuck' ? verdict.failure.exitCode : verdict.state).toBe(expected);
  });

  it('is come true once it is suspended, where that is what was asked for; refused it is refused all the same', () => {
    const suspended = condition('Reconciling', 'False', 'Suspended');
    const judged = (status: Status) => judgeConvergence('main', 'v1', status, true).state;
    expect(judged(statusDouble({ conditions: [notReady, suspended] }))).toBe('done');
    expect(judged(statusDouble({ conditions: [{ ...notReady, observedRevision: 'v0' }, suspended] }))).toBe('waiting');
    expect(judged(statusDouble({ conditions: [notReady] }))).toBe('waiting');
    expect(judged(statusDouble({ conditions: [condition('Accepted', 'False', 'Invalid')] }))).toBe('stuck');
  });

  it('tells each problem of a refused document', () => {
    const problem = { pointer: '/spec/pools/a', message: 'there is no field', expected: 'x', fix: 'remove it' };
    const status = statusDouble({ problems: [problem], conditions: [condition('Accepted', 'False', 'Invalid')] });
    const verdict = judgeConvergence('main', 'v1', status);
    expect(verdict.state === 'stuck' && verdict.failure.details).toEqual([
      '/spec/pools/a: there is no field (remove it)',
    ]);
  });
});
