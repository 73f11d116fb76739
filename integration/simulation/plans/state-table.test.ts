import { StackStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../reconciler/core/decide.ts';
import { NOT_FOUND, STACK_ROWS, type StateCase, stateCases, TOMORROW } from '../oracles/state-table.ts';
import { stateName, stateProblems } from './state-table.ts';

describe('every stack state × service state × intent × lease', () => {
  it.each(Object.keys(STACK_ROWS))('%s', (stack) => {
    const wrong = stateCases()
      .filter((row) => row.stack === stack)
      .flatMap((row) => stateProblems(row).map((problem) => `${stateName(row)}: ${problem}`));
    expect(wrong).toEqual([]);
  });

  it('has a row for every status that the SDK knows, for absence, and for one that it does not know', () => {
    const known = [...Object.values(StackStatus), NOT_FOUND, TOMORROW];
    expect(Object.keys(STACK_ROWS).sort()).toEqual(known.sort());
    expect(stateCases()).toHaveLength(3_150);
  });
});

describe('the table finds', () => {
  const row: StateCase = { stack: 'ROLLBACK_COMPLETE', service: 'absent', intent: 'keep', leased: false };
  const active: StateCase = { stack: 'CREATE_COMPLETE', service: 'active', intent: 'keep', leased: true };

  it('a decision that does nothing', () => {
    const idle = stateProblems(row, (o) => ({ ...decide(o), actions: [] }));
    expect(idle.join()).toContain('expected DeleteStack');
  });

  it('one that takes a leased worker', () => {
    const action = { type: 'SetDesiredCount' as const, service: 'bbf--main--pool--default', from: 2, to: 1 };
    const greedy = stateProblems(active, (o) => ({
      ...decide(o),
      actions: [{ ...action, reason: 'Greed', evidence: {} }],
    }));
    expect(greedy.join()).toContain('lowers a count under a live lease');
  });

  it('one that is not pure', () => {
    let calls = 0;
    const fickle = stateProblems(active, (o) => ({ ...decide(o), lookAgainAt: calls++ }));
    expect(fickle.join()).toContain('another plan');
  });
});
