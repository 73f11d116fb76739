/** The jobs of each phase: one for each resource that the phase concerns, in the order that dependencies ask for. */
import { equal } from './equality.ts';
import { type Graph, reversed } from './graph.ts';
import type { Prepared } from './prepared.ts';
import type { Job, JobAction, Operation, Physical, Resource, Stack } from './state.ts';

export function jobsOf(stack: Stack, operation: Operation, prepared: () => Prepared): Job[] {
  switch (operation.phase) {
    case 'create':
    case 'update':
      return deployJobs(stack, prepared());
    case 'rollback-update':
      return restoreJobs(stack, operation);
    case 'cleanup':
    case 'rollback-cleanup':
      return garbageJobs(operation.garbage);
    case 'rollback-create':
    case 'delete':
      return deleteJobs(stack, operation);
  }
}

function deployJobs(stack: Stack, prepared: Prepared): Job[] {
  return Object.entries(prepared.resources).map(([logicalId, resource]) =>
    job(logicalId, isMade(stack.resources[logicalId]) ? 'update' : 'create', resource.needs),
  );
}

/** What a failed creation left behind is made again. */
const isMade = (resource: Resource | undefined) =>
  resource?.physical !== undefined && resource.status !== 'CREATE_FAILED';

/** Only what the failed update touched; what it made anew is left to clean-up. */
function restoreJobs(stack: Stack, operation: Operation): Job[] {
  const before = operation.before?.resources ?? {};
  const touched = Object.values(before).filter(
    (old) => old.physical && wasTouched(old, stack.resources[old.logicalId]),
  );
  const ids = new Set(touched.map((old) => old.logicalId));
  return touched.map((old) => {
    const needs = (old.physical?.dependsOn ?? []).filter((id) => ids.has(id));
    return { ...job(old.logicalId, 'restore', needs), target: old.physical };
  });
}

function wasTouched(old: Resource, now: Resource | undefined): boolean {
  return !now || now.status === 'UPDATE_FAILED' || !equal(now.physical, old.physical);
}

function garbageJobs(garbage: Operation['garbage']): Job[] {
  const id = (item: Operation['garbage'][number]) => `${item.logicalId} ${item.physical.physicalId}`;
  const needs: Graph = Object.fromEntries(
    garbage.map((item) => [
      id(item),
      garbage.filter((other) => item.physical.dependsOn.includes(other.logicalId)).map(id),
    ]),
  );
  const after = reversed(needs);
  return garbage.map((item) => ({
    ...job(item.logicalId, 'delete', after[id(item)] ?? []),
    id: id(item),
    target: item.physical,
    retained: keepsWhenDeleted(item.physical.deletionPolicy),
  }));
}

function deleteJobs(stack: Stack, operation: Operation): Job[] {
  const alive = Object.values(stack.resources).filter((resource) => !GONE.has(resource.status));
  const ids = new Set(alive.map((resource) => resource.logicalId));
  const needs: Graph = Object.fromEntries(
    alive.map(({ logicalId, physical }) => [logicalId, (physical?.dependsOn ?? []).filter((id) => ids.has(id))]),
  );
  const after = reversed(needs);
  const jobs = alive.map((resource) => ({
    ...job(resource.logicalId, 'delete', after[resource.logicalId] ?? []),
    target: resource.physical,
    retained: isSpared(resource, operation),
  }));
  return [...jobs, ...garbageJobs(operation.garbage)];
}

const GONE = new Set(['DELETE_COMPLETE', 'DELETE_SKIPPED']);

function isSpared(resource: Resource, operation: Operation): boolean {
  if (operation.spared.includes(resource.logicalId)) return true;
  const policy = resource.physical?.deletionPolicy ?? 'Delete';
  return operation.phase === 'rollback-create' ? keepsWhenNew(policy, operation) : keepsWhenDeleted(policy);
}

const keepsWhenDeleted = (policy: string) => policy === 'Retain' || policy === 'RetainExceptOnCreate';

/** `RetainExceptOnCreate`, as policy or for the whole operation, does not protect what this very operation made. */
export const keepsWhenNew = (policy: string, operation: Pick<Operation, 'retainExceptOnCreate'>): boolean =>
  policy === 'Retain' && !operation.retainExceptOnCreate;

export const asGarbage = (logicalId: string, physical: Physical, retained: boolean) => ({
  logicalId,
  physical: { ...physical, deletionPolicy: retained ? 'Retain' : 'Delete' },
});

function job(logicalId: string, action: JobAction, after: string[]): Job {
  return {
    id: logicalId,
    logicalId,
    action,
    state: 'waiting',
    after,
    startedAt: 0,
    target: undefined,
    refusals: 0,
    retained: false,
  };
}
