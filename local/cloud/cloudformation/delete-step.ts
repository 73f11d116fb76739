/** Deleting one resource, patiently: a provider may refuse while something that goes away by itself still holds it. */
import { type Engine, providerOf } from './engine.ts';
import { recordResource, setResourceStatus } from './record.ts';
import { contextOf } from './resource-steps.ts';
import type { Job, Physical, ResourceStatus, Stack } from './state.ts';

/** CloudFormation tries a deletion three times. */
const ATTEMPTS = 3;

export function startDelete(engine: Engine, stack: Stack, job: Job): void {
  const { target } = job;
  if (job.retained || !target) {
    job.state = 'done';
    tell(engine, stack, job, job.retained ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE');
    return;
  }
  if (job.refusals === 0) tell(engine, stack, job, 'DELETE_IN_PROGRESS');
  const injected = engine.beforeResource(stack.name, job.logicalId, 'delete');
  if (injected !== undefined) {
    failDelete(engine, stack, job, injected);
    return;
  }
  job.startedAt = engine.world.now();
  const refusal = refusalOf(engine, stack, job.logicalId, target);
  if (refusal === undefined) {
    job.state = 'running';
    return;
  }
  job.refusals++;
  job.state = 'refused';
  if (job.refusals >= ATTEMPTS) failDelete(engine, stack, job, refusal);
}

function refusalOf(engine: Engine, stack: Stack, logicalId: string, target: Physical): string | undefined {
  try {
    const context = contextOf(engine, stack, logicalId, target.tags);
    providerOf(engine, target.type).delete(target.physicalId, target.properties, context);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function pollDelete(engine: Engine, stack: Stack, job: Job): void {
  const { target } = job;
  if (!target) return;
  const gone = providerOf(engine, target.type).gone?.(target.physicalId) ?? true;
  if (!gone) return;
  job.state = 'done';
  tell(engine, stack, job, 'DELETE_COMPLETE');
}

function failDelete(engine: Engine, stack: Stack, job: Job, reason: string): void {
  job.state = 'failed';
  tell(engine, stack, job, 'DELETE_FAILED', reason);
}

/** What clean-up deletes is no longer among the stack's resources: it only leaves events. */
function tell(engine: Engine, stack: Stack, job: Job, status: ResourceStatus, reason?: string): void {
  const { logicalId, target } = job;
  const resource = stack.resources[logicalId];
  if (resource && resource.physical?.physicalId === target?.physicalId) {
    setResourceStatus(engine, stack, resource, status, reason);
  } else if (target) {
    const subject = { logicalId, type: target.type, physicalId: target.physicalId, properties: target.properties };
    recordResource(engine, stack, subject, status, reason);
  }
}
