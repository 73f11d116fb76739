/** Stacks from the outside: what is asked for, what statuses follow, what stands in the world in the end. */
import { describe, expect, it } from 'vitest';
import type { JobAction } from './state.ts';
import { createTestStacks, template, thing } from './test-stacks.ts';

const one = (properties: Record<string, unknown>) => template({ A: thing(properties) });

function created(body: string, options: Parameters<typeof createTestStacks>[0] = {}) {
  const stacks = createTestStacks(options);
  stacks.cfn.createStack({ StackName: 's', TemplateBody: body });
  stacks.settle('s');
  return stacks;
}

describe('CreateStack', () => {
  it('answers at once and makes resources in order of need, independent ones together', () => {
    const stacks = createTestStacks();
    const body = template({
      C: thing({ Value: { 'Fn::GetAtt': ['B', 'Arn'] } }),
      B: thing({ Value: { Ref: 'A' } }),
      A: thing({ Value: 'a' }),
      D: thing({ Value: 'd' }),
    });
    const { StackId } = stacks.cfn.createStack({ StackName: 's', TemplateBody: body });
    expect([stacks.status('s'), stacks.things.size]).toEqual(['CREATE_IN_PROGRESS', 0]);
    expect(stacks.settle('s')).toBe('CREATE_COMPLETE');
    expect(stacks.values()).toEqual(['a', 'd', 'thing-1', 'arn:thing-3']);
    expect(StackId).toMatch(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/s\/[0-9a-f-]{36}$/);
  });
  it('waits for what is slow to become stable', () => {
    const stacks = createTestStacks();
    stacks.cfn.createStack({ StackName: 's', TemplateBody: one({ Slow: 5000 }) });
    stacks.world.advance(4000);
    expect(stacks.status('s')).toBe('CREATE_IN_PROGRESS');
    stacks.world.advance(2000);
    expect(stacks.status('s')).toBe('CREATE_COMPLETE');
  });
  const failing = template({
    A: thing({ Value: 'a' }),
    B: thing({ Fail: 'no room' }, { DependsOn: 'A' }),
    C: thing({ Slow: 9000 }, { DependsOn: 'A' }),
  });
  it('rolls back a failure, siblings cancelled', () => {
    const stacks = created(failing);
    expect(stacks.passed('s')).toEqual(['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE']);
    expect(stacks.things.size).toBe(0);
    const reasons = stacks.cfn
      .describeStackEvents({ StackName: 's' })
      .StackEvents.map((event) => event.ResourceStatusReason);
    expect(reasons).toContain('no room');
    expect(reasons).toContain('Resource creation cancelled');
    expect(reasons).toContain('The following resource(s) failed to create: [B, C]. Rollback requested by user.');
    expect(() => stacks.cfn.updateStack({ StackName: 's', TemplateBody: failing })).toThrow(
      /is in ROLLBACK_COMPLETE state and can not be updated/,
    );
  });
  it.each([
    ['DO_NOTHING', 'CREATE_FAILED', 2],
    ['DELETE', 'DELETE_COMPLETE', 0],
  ] as const)('OnFailure %s ends in %s', (OnFailure, status, left) => {
    const stacks = createTestStacks();
    const { StackId } = stacks.cfn.createStack({ StackName: 's', TemplateBody: failing, OnFailure });
    expect([stacks.settle(StackId), stacks.things.size]).toEqual([status, left]);
  });
  it('gives up after its time limit', () => {
    const stacks = createTestStacks();
    stacks.cfn.createStack({ StackName: 's', TemplateBody: one({ Slow: 1e9 }), TimeoutInMinutes: 1 });
    stacks.world.advance(70_000);
    expect([stacks.status('s'), stacks.things.size]).toEqual(['ROLLBACK_COMPLETE', 0]);
  });
  it('is idempotent by token and refuses a second stack of the name', () => {
    const stacks = createTestStacks();
    const input = { StackName: 's', TemplateBody: one({}), ClientRequestToken: 't' };
    expect(stacks.cfn.createStack(input)).toEqual(stacks.cfn.createStack(input));
    expect(() => stacks.cfn.createStack({ ...input, TemplateBody: one({ Value: 1 }) })).toThrow(/token already exists/);
    expect(() => stacks.cfn.createStack({ StackName: 's', TemplateBody: one({}) })).toThrow('Stack [s] already exists');
  });
  it('keeps what is to be retained, unless told otherwise', () => {
    const body = template({ A: thing({}, { DeletionPolicy: 'Retain' }), B: thing({ Fail: 'x' }, { DependsOn: 'A' }) });
    expect(created(body).things.size).toBe(1);
    const stacks = createTestStacks();
    stacks.cfn.createStack({ StackName: 's', TemplateBody: body, RetainExceptOnCreate: true });
    expect([stacks.settle('s'), stacks.things.size]).toEqual(['ROLLBACK_COMPLETE', 0]);
  });
});

describe('UpdateStack', () => {
  it('keeps tags that it does not name, says when it began, and puts its token on all its events', () => {
    const stacks = createTestStacks();
    stacks.cfn.createStack({ StackName: 's', TemplateBody: one({ Value: 1 }), Tags: [{ Key: 'k', Value: 'v' }] });
    stacks.settle('s');
    const seen = () => stacks.cfn.describeStacks({ StackName: 's' }).Stacks[0];
    expect(seen()?.LastUpdatedTime).toBe(undefined);
    stacks.world.advance(1_000);
    const begun = new Date(stacks.world.now()).toISOString();
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: one({ Value: 2 }), ClientRequestToken: 'mine' });
    stacks.settle('s');
    expect(seen()).toMatchObject({ LastUpdatedTime: begun, Tags: [{ Key: 'k', Value: 'v' }] });
    const { StackEvents } = stacks.cfn.describeStackEvents({ StackName: 's' });
    const own = StackEvents.filter(({ Timestamp = '' }) => Timestamp >= begun);
    expect(new Set(own.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set(['mine']));
    expect(own[0]).toMatchObject({ ResourceStatus: 'UPDATE_COMPLETE', PhysicalResourceId: seen()?.StackId });
  });
  it('changes in place, replaces, adds and removes, then cleans up', () => {
    const stacks = created(
      template({ A: thing({ Value: 1 }), B: thing({ Fixed: 1, Value: 'b' }), C: thing({ Value: 'c' }) }),
    );
    const next = template({
      A: thing({ Value: 2 }),
      B: thing({ Fixed: 2, Value: 'b2' }),
      D: thing({ Value: { Ref: 'B' } }),
    });
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: next });
    expect(stacks.settle('s')).toBe('UPDATE_COMPLETE');
    expect(stacks.passed('s').slice(-3)).toEqual([
      'UPDATE_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_COMPLETE',
    ]);
    expect([...stacks.things.entries()].map(([id, { properties }]) => [id, properties.Value])).toEqual([
      ['thing-1', 2],
      ['thing-4', 'b2'],
      ['thing-5', 'thing-4'],
    ]);
  });
  it('refuses when nothing would change', () => {
    const stacks = created(one({ Value: 1 }));
    expect(() => stacks.cfn.updateStack({ StackName: 's', TemplateBody: one({ Value: 1 }) })).toThrow(
      'No updates are to be performed.',
    );
    expect(() => stacks.cfn.updateStack({ StackName: 's', UsePreviousTemplate: true })).toThrow(
      'No updates are to be performed.',
    );
  });
  it('hands new tags of the stack to its resources', () => {
    const stacks = created(one({ Fixed: 1 }));
    stacks.cfn.updateStack({ StackName: 's', UsePreviousTemplate: true, Tags: [{ Key: 'k', Value: 'v' }] });
    expect(stacks.settle('s')).toBe('UPDATE_COMPLETE');
    expect([...stacks.things.entries()]).toMatchObject([['thing-1', { tags: { k: 'v' } }]]);
  });
  const before = template({ A: thing({ Value: 1 }), B: thing({ Fixed: 1, Value: 'b' }), Z: thing({ Value: 'z' }) });
  const bad = template({
    A: thing({ Value: 2 }),
    B: thing({ Fixed: 2, Value: 'b2' }),
    N: thing({ Value: 'new' }),
    X: thing({ Fail: 'broken' }, { DependsOn: ['A', 'B', 'N'] }),
  });
  const old = [
    ['thing-1', 1],
    ['thing-2', 'b'],
    ['thing-3', 'z'],
  ];
  const entries = (stacks: ReturnType<typeof created>) =>
    [...stacks.things.entries()].map(([id, { properties }]) => [id, properties.Value]);

  it('goes back to exactly what was, when it fails', () => {
    const stacks = created(before);
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: bad });
    expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(entries(stacks)).toEqual(old);
    expect(stacks.passed('s').slice(-4)).toEqual([
      'UPDATE_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(() => stacks.cfn.updateStack({ StackName: 's', TemplateBody: before })).toThrow(
      'No updates are to be performed.',
    );
  });
  it('stays where it failed when told so, and RollbackStack goes back', () => {
    const stacks = created(before);
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: bad, DisableRollback: true });
    expect(stacks.settle('s')).toBe('UPDATE_FAILED');
    stacks.cfn.rollbackStack({ StackName: 's' });
    expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(entries(stacks)).toEqual(old);
  });
  it('can be cancelled while it runs, and only then', () => {
    const stacks = created(before);
    expect(() => stacks.cfn.cancelUpdateStack({ StackName: 's' })).toThrow(
      'CancelUpdateStack cannot be called from current stack status',
    );
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: template({ A: thing({ Value: 3, Slow: 1e6 }) }) });
    stacks.world.advance(1000);
    stacks.cfn.cancelUpdateStack({ StackName: 's' });
    expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(entries(stacks)).toEqual(old);
  });
  it('may fail to go back; ContinueUpdateRollback tries again, or skips', () => {
    const refused = new Set<string>(['A restore']);
    const beforeResource = (_stack: string, id: string, action: JobAction) =>
      refused.has(`${id} ${action}`) ? 'stuck' : undefined;
    for (const skip of [false, true]) {
      refused.add('A restore');
      const stacks = created(before, { beforeResource });
      stacks.cfn.updateStack({ StackName: 's', TemplateBody: bad });
      expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_FAILED');
      expect(() => stacks.cfn.updateStack({ StackName: 's', TemplateBody: before })).toThrow(
        /UPDATE_ROLLBACK_FAILED state/,
      );
      if (!skip) refused.clear();
      stacks.cfn.continueUpdateRollback({ StackName: 's', ResourcesToSkip: skip ? ['A'] : [] });
      expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(entries(stacks)).toEqual(skip ? [['thing-1', 2], ...old.slice(1)] : old);
    }
  });
  it('can not go back to what somebody deleted', () => {
    const stacks = created(one({ Value: 1 }));
    stacks.things.clear();
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: one({ Value: 2 }) });
    expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_FAILED');
    stacks.cfn.continueUpdateRollback({ StackName: 's' });
    expect(stacks.settle('s')).toBe('UPDATE_ROLLBACK_FAILED');
  });
  it('keeps what UpdateReplacePolicy retains', () => {
    const body = (fixed: number) => template({ A: thing({ Fixed: fixed }, { UpdateReplacePolicy: 'Retain' }) });
    const stacks = created(body(1));
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: body(2) });
    expect([stacks.settle('s'), stacks.things.size]).toEqual(['UPDATE_COMPLETE', 2]);
  });
});

describe('DeleteStack', () => {
  it('deletes dependents first; afterwards the stack is found by id only', () => {
    const order: string[] = [];
    const stacks = created(template({ A: thing(), B: thing({ Value: { Ref: 'A' } }) }), {
      beforeResource: (_stack, id, action) => {
        if (action === 'delete') order.push(id);
        return undefined;
      },
    });
    const id = stacks.cfn.describeStacks({ StackName: 's' }).Stacks[0]?.StackId ?? '';
    stacks.cfn.deleteStack({ StackName: 's' });
    expect(stacks.status('s')).toBe('DELETE_IN_PROGRESS');
    expect(stacks.settle(id)).toBe('DELETE_COMPLETE');
    expect([order, stacks.things.size]).toEqual([['B', 'A'], 0]);
    expect(() => stacks.cfn.describeStacks({ StackName: 's' })).toThrow('Stack with id s does not exist');
    stacks.cfn.deleteStack({ StackName: 's' });
    stacks.cfn.createStack({ StackName: 's', TemplateBody: one({}) });
    expect(stacks.settle('s')).toBe('CREATE_COMPLETE');
  });
  it('fails where a resource does, then can retain it', () => {
    const stacks = created(template({ A: thing(), B: thing() }), {
      beforeResource: (_stack, id, action) => (id === 'A' && action === 'delete' ? 'in use' : undefined),
    });
    const id = stacks.cfn.describeStacks({ StackName: 's' }).Stacks[0]?.StackId ?? '';
    expect(() => stacks.cfn.deleteStack({ StackName: 's', RetainResources: ['A'] })).toThrow(/DELETE_FAILED/);
    stacks.cfn.deleteStack({ StackName: 's' });
    expect(stacks.settle('s')).toBe('DELETE_FAILED');
    expect(stacks.cfn.describeStacks({ StackName: 's' }).Stacks[0]?.StackStatusReason).toBe(
      'The following resource(s) failed to delete: [A]. ',
    );
    stacks.cfn.deleteStack({ StackName: 's', RetainResources: ['A'] });
    expect([stacks.settle(id), stacks.things.size]).toEqual(['DELETE_COMPLETE', 1]);
  });
  it('interrupts a creation but no update', () => {
    const stacks = createTestStacks();
    const { StackId } = stacks.cfn.createStack({ StackName: 's', TemplateBody: one({ Slow: 1e6 }) });
    stacks.world.advance(100);
    stacks.cfn.deleteStack({ StackName: 's' });
    expect([stacks.settle(StackId), stacks.things.size]).toEqual(['DELETE_COMPLETE', 0]);
    const updating = created(one({}));
    updating.cfn.updateStack({ StackName: 's', TemplateBody: one({ Value: 1 }) });
    expect(() => updating.cfn.deleteStack({ StackName: 's' })).toThrow(
      'Stack [s] cannot be deleted while in status UPDATE_IN_PROGRESS',
    );
  });
  it('respects termination protection', () => {
    const stacks = created(one({}));
    stacks.cfn.updateTerminationProtection({ StackName: 's', EnableTerminationProtection: true });
    expect(() => stacks.cfn.deleteStack({ StackName: 's' })).toThrow(
      'Stack [s] cannot be deleted while TerminationProtection is enabled',
    );
  });
});
