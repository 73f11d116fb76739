import { StackStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../reconciler/core/decide.ts';
import { NOT_FOUND, STACK_ROWS, type StateCase, stateCases, TOMORROW } from '../oracles/state-table.ts';
import { stateName, stateProblems } from './state-table.ts';

describe.each(['pool', 'server'])('every stack state × service state × intent × lease of a %s', (part) => {
  it.each(Object.keys(STACK_ROWS))('%s', (stack) => {
    const wrong = stateCases()
      .filter((row) => row.part === part && row.stack === stack)
      .flatMap((row) => stateProblems(row).map((problem) => `${stateName(row)}: ${problem}`));
    expect(wrong).toEqual([]);
  });

  it('has a row for every status that the SDK knows, for absence, and for one that it does not know', () => {
    const known = [...Object.values(StackStatus), NOT_FOUND, TOMORROW];
    expect(Object.keys(STACK_ROWS).sort()).toEqual(known.sort());
    expect(stateCases()).toHaveLength(6_300);
  });
});

describe('the table finds', () => {
  const row: StateCase = { part: 'pool', stack: 'ROLLBACK_COMPLETE', service: 'absent', intent: 'keep', leased: false };
  const active: StateCase = { part: 'pool', stack: 'CREATE_COMPLETE', service: 'active', intent: 'keep', leased: true };

  it('a decision that does nothing', () => {
    const idle = stateProblems(row, (o) => ({ ...decide(o), actions: [] }));
    expect(idle.join()).toContain('expected DeleteStack');
  });

  it('one that takes a leased worker', () => {
    const action = { type: 'SetDesiredCount' as const, service: 'bbf--main--pool--default', from: 2, to: 1 };
    const greedy = stateProblems(active, (o) => ({
      ...decide(o),
      actions: [{ ...action, reason: 'WorkersDrained', evidence: {} }],
    }));
    expect(greedy.join()).toContain('lowers a count under a live lease');
  });

  it('one that says another reason than it has', () => {
    const vague = stateProblems(row, (o) => {
      const plan = decide(o);
      return { ...plan, actions: plan.actions.map((action) => ({ ...action, reason: 'ShapeChanged' })) };
    });
    expect(vague.join()).toContain('DeleteStack for ShapeChanged');
  });

  it('one that takes a server for a pool', () => {
    const server: StateCase = { ...row, part: 'server', intent: 'remove' };
    const deleted = { type: 'DeleteStack' as const, stack: 'bbf--main--server', stackId: 'x', token: 't' };
    const greedy = stateProblems({ ...server, stack: 'CREATE_COMPLETE', service: 'active at zero' }, (o) => ({
      ...decide(o),
      actions: [{ ...deleted, reason: 'StackUnwanted', evidence: {} }],
    }));
    expect(greedy.join()).toContain('DeleteStack, expected');
  });

  it('one that is not pure', () => {
    let calls = 0;
    const fickle = stateProblems(active, (o) => ({ ...decide(o), lookAgainAt: calls++ }));
    expect(fickle.join()).toContain('another plan');
  });
});
