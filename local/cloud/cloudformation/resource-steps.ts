/** Making, changing and restoring one resource: the calls to its provider, and what is written down about them. */
import type { ResourceContext, ResourceOutcome } from '../kernel.ts';
import { type Engine, providerOf } from './engine.ts';
import { equal } from './equality.ts';
import { importable } from './import.ts';
import { asGarbage } from './jobs.ts';
import { liveProperties } from './live-scope.ts';
import type { Prepared, PreparedResource } from './prepared.ts';
import { recordResource, setResourceStatus, subjectOf } from './record.ts';
import type { Job, Operation, Physical, Properties, Resource, Stack } from './state.ts';

const NAME_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Characters that CloudFormation appends to the names that it makes up. */
const NAME_SUFFIX = 12;

export function startCreate(engine: Engine, stack: Stack, operation: Operation, prepared: Prepared, job: Job): void {
  const declared = declaredOf(prepared, job);
  const resource = resourceOf(engine, stack, job.logicalId, declared.type);
  discardLeftover(engine, stack, resource);
  setResourceStatus(engine, stack, resource, 'CREATE_IN_PROGRESS');
  refuseIfAsked(engine, stack, job);
  const properties = liveProperties(engine, stack, prepared, job.logicalId);
  const provider = providerOf(engine, declared.type);
  const context = contextOf(engine, stack, job.logicalId, stack.blueprint.tags);
  const found = operation.importsExisting ? importable(engine, declared) : undefined;
  const adopted = found === undefined ? 'replace' : provider.update(found, properties, properties, context);
  const outcome = adopted === 'replace' ? provider.create(properties, context) : adopted;
  resource.physical = physicalOf(declared, properties, outcome, stack.blueprint.tags);
  recordResource(engine, stack, subjectOf(resource), 'CREATE_IN_PROGRESS', 'Resource creation Initiated');
}

/** What an earlier attempt made and never finished would stand in the way of the next one. */
function discardLeftover(engine: Engine, stack: Stack, resource: Resource): void {
  const { physical } = resource;
  if (!physical) return;
  const context = contextOf(engine, stack, resource.logicalId, physical.tags);
  providerOf(engine, physical.type).delete(physical.physicalId, physical.properties, context);
  resource.physical = undefined;
}

/** True when there was something to change. */
export function startUpdate(engine: Engine, stack: Stack, operation: Operation, prepared: Prepared, job: Job): boolean {
  const declared = declaredOf(prepared, job);
  const resource = resourceOf(engine, stack, job.logicalId, declared.type);
  const old = resource.physical;
  if (!old) throw new Error(`${job.logicalId} has nothing that could be updated`);
  const properties = liveProperties(engine, stack, prepared, job.logicalId);
  const next: Physical = { ...old, ...policiesOf(declared), properties, tags: stack.blueprint.tags };
  if (isSame(old, next)) {
    resource.physical = next;
    return false;
  }
  setResourceStatus(engine, stack, resource, 'UPDATE_IN_PROGRESS');
  refuseIfAsked(engine, stack, job);
  if (!isSameOutside(old, next)) changeOutside(engine, stack, operation, resource, old, next);
  else resource.physical = next;
  return true;
}

/** Brings a resource back to `job.target`. One whose update failed is told so whatever it is thought to be: it may be gone. */
export function startRestore(engine: Engine, stack: Stack, operation: Operation, job: Job): void {
  const target = job.target;
  if (!target) throw new Error(`${job.logicalId} has nothing that it could be restored to`);
  const resource = resourceOf(engine, stack, job.logicalId, target.type);
  const isDoubtful = resource.status === 'UPDATE_FAILED';
  setResourceStatus(engine, stack, resource, 'UPDATE_IN_PROGRESS');
  if (operation.spared.includes(job.logicalId)) return;
  refuseIfAsked(engine, stack, job);
  const now = resource.physical;
  if (!now || now.physicalId !== target.physicalId) {
    if (now) operation.garbage.push(asGarbage(job.logicalId, now, false));
    // The old one was kept for this moment: clean-up had not begun.
    operation.garbage = operation.garbage.filter((item) => item.physical.physicalId !== target.physicalId);
    resource.physical = target;
  } else if (isDoubtful || !isSameOutside(now, target)) {
    changeOutside(engine, stack, operation, resource, now, target);
  } else resource.physical = target;
}

function changeOutside(
  engine: Engine,
  stack: Stack,
  operation: Operation,
  resource: Resource,
  old: Physical,
  next: Physical,
): void {
  const provider = providerOf(engine, old.type);
  const context = contextOf(engine, stack, resource.logicalId, next.tags);
  const answer = provider.update(old.physicalId, old.properties, next.properties, context);
  if (answer !== 'replace') {
    resource.physical = { ...next, ...answer };
    return;
  }
  if (equal(old.properties, next.properties)) {
    // Tags alone replace nothing; the provider has no way to change them in place.
    resource.physical = next;
    return;
  }
  const why = 'Requested update requires the creation of a new physical resource; hence creating one.';
  setResourceStatus(engine, stack, resource, 'UPDATE_IN_PROGRESS', why);
  const outcome = provider.create(next.properties, context);
  operation.garbage.push(asGarbage(resource.logicalId, old, old.updateReplacePolicy === 'Retain'));
  resource.physical = { ...next, ...outcome };
  recordResource(engine, stack, subjectOf(resource), 'UPDATE_IN_PROGRESS', 'Resource creation Initiated');
}

function refuseIfAsked(engine: Engine, stack: Stack, job: Job): void {
  const reason = engine.beforeResource(stack.name, job.logicalId, job.action);
  if (reason !== undefined) throw new Error(reason);
}

export function contextOf(
  engine: Engine,
  stack: Stack,
  logicalId: string,
  tags: Record<string, string>,
): ResourceContext {
  return {
    stackName: stack.name,
    stackId: stack.id,
    logicalId,
    tags,
    generatedName: (maxLength) => generatedName(engine, stack.name, logicalId, maxLength ?? 255),
  };
}

function generatedName(engine: Engine, stackName: string, logicalId: string, maxLength: number): string {
  const suffix = Array.from({ length: NAME_SUFFIX }, () => NAME_ALPHABET[Math.floor(engine.world.random() * 36)]);
  const room = maxLength - NAME_SUFFIX - 2;
  const id = logicalId.slice(0, Math.max(1, Math.floor(room / 2)));
  return `${stackName.slice(0, Math.max(1, room - id.length))}-${id}-${suffix.join('')}`;
}

function declaredOf(prepared: Prepared, job: Job): PreparedResource {
  const declared = prepared.resources[job.logicalId];
  if (!declared) throw new Error(`${job.logicalId} is not in the template`);
  return declared;
}

function resourceOf(engine: Engine, stack: Stack, logicalId: string, type: string): Resource {
  const known = stack.resources[logicalId];
  if (known) return known;
  const resource: Resource = {
    logicalId,
    type,
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    updatedAt: engine.world.now(),
    physical: undefined,
  };
  stack.resources[logicalId] = resource;
  return resource;
}

const policiesOf = (declared: PreparedResource) => ({
  metadata: declared.metadata,
  deletionPolicy: declared.deletionPolicy,
  updateReplacePolicy: declared.updateReplacePolicy,
  dependsOn: declared.needs,
});

function physicalOf(
  declared: PreparedResource,
  properties: Properties,
  outcome: ResourceOutcome,
  tags: Record<string, string>,
): Physical {
  return { type: declared.type, properties, ...policiesOf(declared), tags, ...outcome };
}

const isSameOutside = (a: Physical, b: Physical) => equal(a.properties, b.properties) && equal(a.tags, b.tags);
const isSame = (a: Physical, b: Physical) => isSameOutside(a, b) && equal(a.metadata, b.metadata);
