/** One look at a stack's operation: start what may start, look at what runs, and end the phase when nothing is left. */
import type { Stability } from '../kernel.ts';
import { pollDelete, startDelete } from './delete-step.ts';
import { type Engine, providerOf } from './engine.ts';
import { importValue } from './exports.ts';
import { finishPhase } from './finish.ts';
import { jobsOf } from './jobs.ts';
import { setResourceStatus } from './record.ts';
import { startCreate, startRestore, startUpdate } from './resource-steps.ts';
import type { Job, Operation, Physical, Stack } from './state.ts';

const timerKey = (stackId: string) => `cloudformation:${stackId}`;

export function scheduleTick(engine: Engine, stack: Stack, at: number): void {
  engine.world.schedule(timerKey(stack.id), at, () => tick(engine, stack.id));
}

function tick(engine: Engine, stackId: string): void {
  const stack = engine.state.stacks[stackId];
  const operation = stack?.operation;
  if (!stack || !operation) return;
  if (engine.world.now() < operation.beginsAt) {
    scheduleTick(engine, stack, operation.beginsAt);
    return;
  }

  const obstacle = begin(engine, stack, operation);
  const jobs = operation.jobs ?? [];
  if (obstacle === undefined) advance(engine, stack, operation, jobs);
  const late = obstacle ?? timeOut(engine, stack, operation, jobs);
  if (late !== undefined || jobs.every(isSettled)) finishPhase(engine, stack, operation, late);
  else scheduleTick(engine, stack, nextLook(engine, jobs));
  const following = stack.operation;
  if (following && !following.jobs) scheduleTick(engine, stack, following.beginsAt);
}

/** Makes the phase's jobs; a reason means that the phase cannot even begin. */
function begin(engine: Engine, stack: Stack, operation: Operation): string | undefined {
  if (operation.jobs) return undefined;
  operation.jobs = [];
  try {
    if (operation.phase === 'create') {
      for (const name of engine.prepared(stack, stack.blueprint).imports) importValue(engine.state, name);
    }
    operation.jobs = jobsOf(stack, operation, () => engine.prepared(stack, stack.blueprint));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Goes round until nothing moves any more at this instant. */
function advance(engine: Engine, stack: Stack, operation: Operation, jobs: Job[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const job of jobs) {
      const before = job.state;
      step(engine, stack, operation, jobs, job);
      if (job.state !== before) moved = true;
    }
    // Waiting changes nothing that would have to be saved.
    if (moved) engine.world.changed('cloudformation');
    if (failsFast(operation) && jobs.some((job) => job.state === 'failed')) cancelRest(engine, stack, jobs);
  }
}

function step(engine: Engine, stack: Stack, operation: Operation, jobs: Job[], job: Job): void {
  if (job.state === 'waiting') {
    const needed = jobs.filter((other) => job.after.includes(other.id));
    if (needed.some((other) => other.state === 'failed' || other.state === 'skipped')) job.state = 'skipped';
    else if (needed.every((other) => other.state === 'done')) start(engine, stack, operation, job);
  } else if (dueAt(engine, job) <= engine.world.now()) {
    if (job.state === 'refused') start(engine, stack, operation, job);
    else if (job.state === 'running') poll(engine, stack, job);
  }
}

function start(engine: Engine, stack: Stack, operation: Operation, job: Job): void {
  if (job.action === 'delete') {
    startDelete(engine, stack, job);
    return;
  }
  job.state = 'running';
  job.startedAt = engine.world.now();
  try {
    if (job.action === 'restore') {
      startRestore(engine, stack, operation, job);
      return;
    }
    const prepared = engine.prepared(stack, stack.blueprint);
    if (job.action === 'create') startCreate(engine, stack, operation, prepared, job);
    else if (!startUpdate(engine, stack, operation, prepared, job)) job.state = 'done';
  } catch (error) {
    fail(engine, stack, job, (error as Error).message);
  }
}

function poll(engine: Engine, stack: Stack, job: Job): void {
  if (job.action === 'delete') {
    pollDelete(engine, stack, job);
    return;
  }
  const resource = stack.resources[job.logicalId];
  if (!resource) return;
  const stability = stabilityOf(engine, resource.physical);
  if (stability.state === 'failed') fail(engine, stack, job, stability.reason);
  if (stability.state !== 'stable') return;
  job.state = 'done';
  setResourceStatus(engine, stack, resource, job.action === 'create' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
}

/** A resource that a roll-back was told to skip may not exist at all. */
function stabilityOf(engine: Engine, physical: Physical | undefined): Stability {
  const provider = physical && providerOf(engine, physical.type);
  return (physical && provider?.stability?.(physical.physicalId, physical.properties)) ?? { state: 'stable' };
}

function fail(engine: Engine, stack: Stack, job: Job, reason: string): void {
  job.state = 'failed';
  const resource = stack.resources[job.logicalId];
  if (!resource) return;
  setResourceStatus(engine, stack, resource, job.action === 'create' ? 'CREATE_FAILED' : 'UPDATE_FAILED', reason);
}

/** Ends what runs and drops what waits, in the words that CloudFormation has for it. */
export function cancelRest(engine: Engine, stack: Stack, jobs: readonly Job[]): void {
  for (const job of jobs) {
    if (job.state === 'waiting') job.state = 'skipped';
    else if (job.state === 'running') {
      fail(engine, stack, job, `Resource ${job.action === 'create' ? 'creation' : 'update'} cancelled`);
    }
  }
}

const failsFast = (operation: Operation) =>
  !operation.rollbackDisabled && (operation.phase === 'create' || operation.phase === 'update');

function timeOut(engine: Engine, stack: Stack, operation: Operation, jobs: readonly Job[]): string | undefined {
  if (operation.phase !== 'create' || stack.timeoutMinutes === undefined || jobs.every(isSettled)) return undefined;
  if (engine.world.now() < operation.startedAt + stack.timeoutMinutes * 60_000) return undefined;
  cancelRest(engine, stack, jobs);
  return 'Stack creation time exceeded the specified timeout.';
}

const isSettled = (job: Job) => job.state === 'done' || job.state === 'failed' || job.state === 'skipped';

const dueAt = (engine: Engine, job: Job): number =>
  job.startedAt + (job.state === 'refused' ? engine.timing.retryMs : engine.timing.resourceMs);

function nextLook(engine: Engine, jobs: readonly Job[]): number {
  const now = engine.world.now();
  const due = jobs.filter((job) => job.state === 'running' || job.state === 'refused').map((job) => dueAt(engine, job));
  const ahead = due.filter((at) => at > now);
  const isPolling = due.length > ahead.length;
  return Math.min(...ahead, isPolling || ahead.length === 0 ? now + engine.timing.pollMs : Number.POSITIVE_INFINITY);
}
