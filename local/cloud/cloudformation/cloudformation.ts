/** CloudFormation: stacks as state machines over a world, with AWS's operations as plain functions. */
import type { Emit, ResourceProvider, World } from '../kernel.ts';
import * as changeSets from './change-sets.ts';
import { type BeforeResource, createEngine, type Engine, LOCAL_TIMING, type Timing } from './engine.ts';
import * as reading from './reading.ts';
import * as rollbacks from './rollback-operations.ts';
import * as stacks from './stack-operations.ts';
import { type CloudFormationState, emptyState } from './state.ts';
import { scheduleTick } from './tick.ts';

interface CloudFormationOptions {
  world: World;
  emit: Emit;
  providers: readonly ResourceProvider[];
  /** What `state` was when the cloud last ran. */
  saved?: CloudFormationState | undefined;
  timing?: Partial<Timing>;
  /** For a simulator: makes chosen steps fail. */
  beforeResource?: BeforeResource;
  /** The text behind a TemplateURL. Absent: the member is refused. */
  readTemplateUrl?: (url: string) => string | Promise<string>;
}

const OPERATIONS = {
  createStack: stacks.createStack,
  updateStack: stacks.updateStack,
  deleteStack: stacks.deleteStack,
  cancelUpdateStack: rollbacks.cancelUpdateStack,
  continueUpdateRollback: rollbacks.continueUpdateRollback,
  rollbackStack: rollbacks.rollbackStack,
  updateTerminationProtection: rollbacks.updateTerminationProtection,
  createChangeSet: changeSets.createChangeSet,
  executeChangeSet: changeSets.executeChangeSet,
  deleteChangeSet: changeSets.deleteChangeSet,
  describeChangeSet: reading.describeChangeSet,
  listChangeSets: reading.listChangeSets,
  describeStacks: reading.describeStacks,
  listStacks: reading.listStacks,
  describeStackEvents: reading.describeStackEvents,
  describeStackResources: reading.describeStackResources,
  describeStackResource: reading.describeStackResource,
  listStackResources: reading.listStackResources,
  getTemplate: reading.getTemplate,
  getTemplateSummary: reading.getTemplateSummary,
  validateTemplate: reading.validateTemplate,
  listExports: reading.listExports,
  listImports: reading.listImports,
};

type Operations = {
  [Name in keyof typeof OPERATIONS]: (
    input: Parameters<(typeof OPERATIONS)[Name]>[1],
  ) => ReturnType<(typeof OPERATIONS)[Name]>;
};

/** Members of inputs and outputs carry AWS's names; booleans and numbers are such, instants in outputs are ISO 8601. */
export interface CloudFormation extends Operations {
  /** Plain JSON; give it back as `saved`. */
  readonly state: CloudFormationState;
  /** Takes up again, after a restart, what was going on. */
  resume(): void;
  readonly readTemplateUrl: CloudFormationOptions['readTemplateUrl'];
}

export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const engine = createEngine({
    world: options.world,
    emit: options.emit,
    providers: options.providers,
    state: options.saved ?? emptyState(),
    timing: { ...LOCAL_TIMING, ...options.timing },
    beforeResource: options.beforeResource,
  });
  return {
    ...bound(engine),
    state: engine.state,
    resume: () => resume(engine),
    readTemplateUrl: options.readTemplateUrl,
  };
}

function bound(engine: Engine): Operations {
  const entries = Object.entries(OPERATIONS).map(([name, run]) => [
    name,
    (input: never) => (run as (engine: Engine, input: never) => unknown)(engine, input),
  ]);
  return Object.fromEntries(entries) as Operations;
}

function resume(engine: Engine): void {
  for (const stack of Object.values(engine.state.stacks)) {
    if (stack.operation) scheduleTick(engine, stack, engine.world.now());
  }
  for (const changeSet of Object.values(engine.state.changeSets)) {
    if (changeSet.status === 'CREATE_PENDING' || changeSet.status === 'CREATE_IN_PROGRESS') {
      changeSets.scheduleMaking(engine, changeSet);
    }
  }
}
