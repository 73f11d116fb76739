/** What stacks have to do with others and with time: exports, restarts, change sets, events. */
import { describe, expect, it } from 'vitest';
import { createTestStacks, template, thing } from './test-stacks.ts';

const one = (properties: Record<string, unknown>) => template({ A: thing(properties) });

function created(body: string, options: Parameters<typeof createTestStacks>[0] = {}) {
  const stacks = createTestStacks(options);
  stacks.cfn.createStack({ StackName: 's', TemplateBody: body });
  stacks.settle('s');
  return stacks;
}

describe('exports', () => {
  const exporter = (value: string, name = 'shared') =>
    template(
      { A: thing({ Value: value }) },
      { Outputs: { Out: { Value: { 'Fn::GetAtt': 'A.Value' }, Export: { Name: name } } } },
    );
  const importer = template({ B: thing({ Value: { 'Fn::ImportValue': 'shared' } }) });
  function both() {
    const stacks = createTestStacks();
    stacks.cfn.createStack({ StackName: 'e', TemplateBody: exporter('v') });
    stacks.settle('e');
    stacks.cfn.createStack({ StackName: 'i', TemplateBody: importer });
    stacks.settle('i');
    return stacks;
  }
  it('give their value to importers', () => {
    const stacks = both();
    expect(stacks.values()).toEqual(['v', 'v']);
    expect(stacks.cfn.listExports({}).Exports).toMatchObject([{ Name: 'shared', Value: 'v' }]);
    expect(stacks.cfn.listImports({ ExportName: 'shared' }).Imports).toEqual(['i']);
  });
  it('in use can be neither changed nor removed', () => {
    const stacks = both();
    stacks.cfn.updateStack({ StackName: 'e', TemplateBody: exporter('w') });
    expect(stacks.settle('e')).toBe('UPDATE_ROLLBACK_COMPLETE');
    const events = stacks.cfn.describeStackEvents({ StackName: 'e' }).StackEvents;
    expect(events.find((event) => event.ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS')?.ResourceStatusReason).toBe(
      'Export shared cannot be updated as it is in use by i',
    );
    stacks.cfn.deleteStack({ StackName: 'e' });
    expect(stacks.cfn.describeStacks({ StackName: 'e' }).Stacks[0]).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      StackStatusReason: 'Delete canceled. Cannot delete export shared as it is in use by i.',
    });
    expect(stacks.values()).toEqual(['v', 'v']);
  });
  it('that are missing or taken fail the creation', () => {
    const stacks = both();
    stacks.cfn.createStack({ StackName: 'twin', TemplateBody: exporter('x') });
    expect(stacks.settle('twin')).toBe('ROLLBACK_COMPLETE');
    stacks.cfn.createStack({
      StackName: 'lost',
      TemplateBody: template({ B: thing({ Value: { 'Fn::ImportValue': 'nobody' } }) }),
    });
    expect(stacks.settle('lost')).toBe('ROLLBACK_COMPLETE');
    expect(stacks.cfn.describeStackEvents({ StackName: 'lost' }).StackEvents[1]?.ResourceStatusReason).toBe(
      'No export named nobody found. Rollback requested by user.',
    );
  });
});

describe('a restart', () => {
  it.each([5, 15, 25, 60])('in the middle of an update, after %d ms, changes nothing in the end', (ms) => {
    const stacks = created(template({ A: thing({ Value: 1 }), B: thing({ Fixed: 1, Value: { Ref: 'A' } }) }));
    stacks.cfn.updateStack({
      StackName: 's',
      TemplateBody: template({ A: thing({ Value: 2, Slow: 30 }), B: thing({ Fixed: 2, Value: { Ref: 'A' } }) }),
    });
    stacks.world.advance(ms);
    const saved = JSON.parse(JSON.stringify(stacks.cfn.state));
    for (const stack of Object.values(stacks.cfn.state.stacks)) stacks.world.cancel(`cloudformation:${stack.id}`);
    const again = stacks.start(saved);
    again.resume();
    stacks.world.advance(10_000);
    expect(again.describeStacks({ StackName: 's' }).Stacks[0]?.StackStatus).toBe('UPDATE_COMPLETE');
    expect([...stacks.things.keys()]).toEqual(['thing-1', 'thing-3']);
  });
});

describe('change sets', () => {
  it('create a stack by way of REVIEW_IN_PROGRESS', () => {
    const stacks = createTestStacks();
    const { Id } = stacks.cfn.createChangeSet({
      StackName: 's',
      ChangeSetName: 'c',
      ChangeSetType: 'CREATE',
      TemplateBody: one({ Value: 1 }),
    });
    expect(stacks.status('s')).toBe('REVIEW_IN_PROGRESS');
    expect(() => stacks.cfn.executeChangeSet({ ChangeSetName: Id })).toThrow(/current status of \[CREATE_PENDING\]/);
    stacks.world.advance(100);
    expect(stacks.cfn.describeChangeSet({ StackName: 's', ChangeSetName: 'c' })).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'A' } }],
    });
    stacks.cfn.executeChangeSet({ ChangeSetName: Id });
    expect(stacks.settle('s')).toBe('CREATE_COMPLETE');
    expect(stacks.cfn.describeChangeSet({ ChangeSetName: Id }).ExecutionStatus).toBe('EXECUTE_COMPLETE');
  });
  it('foretell what an update does', () => {
    const stacks = created(template({ A: thing({ Fixed: 1 }), B: thing({ Value: { Ref: 'A' } }), C: thing() }));
    const TemplateBody = template({ A: thing({ Fixed: 2 }), B: thing({ Value: { Ref: 'A' } }), D: thing() });
    stacks.cfn.createChangeSet({ StackName: 's', ChangeSetName: 'c', TemplateBody });
    stacks.world.advance(100);
    const { Changes } = stacks.cfn.describeChangeSet({ StackName: 's', ChangeSetName: 'c' });
    expect(Changes.map(({ ResourceChange: c }) => [c.LogicalResourceId, c.Action, c.Replacement])).toEqual([
      ['A', 'Modify', 'True'],
      ['B', 'Modify', 'False'],
      ['D', 'Add', undefined],
      ['C', 'Remove', undefined],
    ]);
    expect(Changes[1]?.ResourceChange.Details[0]).toMatchObject({ Evaluation: 'Dynamic' });
  });
  it('without changes fail, and are void after another update', () => {
    const stacks = created(one({ Value: 1 }));
    stacks.cfn.createChangeSet({ StackName: 's', ChangeSetName: 'none', UsePreviousTemplate: true });
    stacks.cfn.createChangeSet({ StackName: 's', ChangeSetName: 'late', TemplateBody: one({ Value: 2 }) });
    stacks.world.advance(100);
    expect(stacks.cfn.describeChangeSet({ StackName: 's', ChangeSetName: 'none' })).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
    });
    stacks.cfn.updateStack({ StackName: 's', TemplateBody: one({ Value: 3 }) });
    stacks.settle('s');
    expect(() => stacks.cfn.executeChangeSet({ StackName: 's', ChangeSetName: 'late' })).toThrow(/\[OBSOLETE\]/);
  });
});

it('tells EventBridge each status of a stack, in the shape of AWS', () => {
  const stacks = createTestStacks();
  const { StackId } = stacks.cfn.createStack({ StackName: 's', TemplateBody: one({}), ClientRequestToken: 'tok' });
  stacks.settle('s');
  expect(stacks.events.filter((event) => event.detailType === 'CloudFormation Stack Status Change')).toEqual(
    ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'].map((status, index) => ({
      source: 'aws.cloudformation',
      detailType: 'CloudFormation Stack Status Change',
      resources: [StackId],
      detail: {
        'stack-id': StackId,
        'status-details': { status, 'status-reason': index === 0 ? 'User Initiated' : '' },
        'client-request-token': 'tok',
      },
    })),
  );
});
