import { describe, expect, it } from 'vitest';
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { passOf, worker } from '../../reconciler/core/observation.fixture.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, pool, statusDouble } from '../testing/status-double.ts';
import { judgeConvergence } from './convergence.ts';

const limited = (limit: PoolStatus['limit']) => statusDouble({ pools: { default: pool(2, { limit }) } });
const budget = (asked: number, askedBySpec: number) => ({ by: 'budget' as const, asked, askedBySpec });
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
  ['ready with fewer workers than the document wants, by the budget', limited(budget(5, 5)), exitCodes.configuration],
  [
    'ready with as few, of which a build asks for more than the document',
    limited(budget(9, 5)),
    exitCodes.configuration,
  ],
  ['ready with fewer workers than a build asks for, by the budget', limited(budget(9, 2)), 'done'],
  [
    'ready with fewer workers than a build asks for, by workersMax',
    limited({ by: 'workersMax', asked: 9, askedBySpec: 2 }),
    'done',
  ],
  [
    'ready, for somebody whose name reads like a limit',
    statusDouble({ pools: { default: pool(2, { because: 'lease of budget (spec.workers)' }) } }),
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
  it('is no where a build keeps more than the budget allows, and less than the document wants', () => {
    const spec = { pools: { default: { workers: 5 } }, budget: { usdPerHour: 0.2 } };
    const workers = [worker('a'), worker('b'), worker('c')];
    const { status } = passOf({ spec, leases: [3], server: [1, 1], pool: [3, 3], activity: { workers } });
    expect(judgeConvergence('main', 'r1', status)).toMatchObject({
      state: 'stuck',
      failure: {
        exitCode: exitCodes.configuration,
        message:
          'main does not get all that it wants: pool default gets 3 of 5 workers: budget, but kept by the lease of user0@host',
      },
    });
  });

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

  it('ends with a mark also where no server is wanted', () => {
    const server = { ...statusDouble().server, desired: 0, running: 0 };
    const atZero = { server, endpoint: null, pools: {} };
    const serverLine = (conditions: Status['conditions']) =>
      judgeConvergence('main', 'v1', statusDouble({ ...atZero, conditions })).lines.find(({ key }) => key === 'server');
    expect(serverLine([])).toMatchObject({ state: 'done' });
    expect(serverLine([notReady])).toMatchObject({ state: 'waiting' });
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
