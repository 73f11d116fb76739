/** The reconciler's ports with each call named, sent through the gate, and its effect put on record. */

import { clusterKey, clusterOfKey, statusKey } from '../../config-schema/keys.ts';
import type { StackObservation } from '../../reconciler/core/observation.ts';
import type { Documents, Ports, Schedule, Services, Stacks } from '../../reconciler/ports.ts';
import { parseOwnedName } from '../../templates/names.ts';
import { INSTALLATION } from './foundation.ts';
import type { Caller, Gate } from './gate.ts';
import { type Mutation, type MutationKind, record } from './history.ts';
import { livingStack, serviceRecord } from './lookups.ts';
import type { PastReads } from './past-reads.ts';
import type { SimulatedWorld } from './world.ts';

export interface Watch {
  world: SimulatedWorld;
  gate: Gate;
  past: PastReads;
  caller: Caller;
  /** Somebody who follows status gets to know of a new one. */
  statusWritten(cluster: string): void;
}

export function watchedPorts(ports: Ports, watch: Watch): Ports {
  return {
    ...ports,
    documents: watchedDocuments(ports.documents, watch),
    services: watchedServices(ports.services, watch),
    stacks: watchedStacks(ports.stacks, watch),
    schedule: watchedSchedule(ports.schedule, watch),
  };
}

/** `cluster`, `status`, `activity`, `lock`, `lease`, or `other`. */
function kindOf(key: string): string {
  const name = /^clusters\/[^/]+\/(?:(lease)s\/.+|(cluster|status|activity|lock)\.json)$/.exec(key);
  return name?.[1] ?? name?.[2] ?? 'other';
}

function watchedDocuments(documents: Documents, watch: Watch): Documents {
  const { gate, caller, world } = watch;
  const changed = (key: string, kind: 'document.write' | 'document.remove', text: string | null) => {
    mutation(watch, kind, clusterOfKey(key) ?? '', key, { after: kind });
    const cluster = clusterOfKey(key) ?? '';
    if (key !== statusKey(cluster)) return;
    const status = text === null ? null : world.status(cluster);
    const revision = world.services.s3.state.buckets[world.bucket]?.objects[key]?.[0]?.versionId ?? '';
    record(world.history, 'statuses', { at: world.now(), cluster, revision, invocation: caller.number, status });
    watch.statusWritten(cluster);
  };
  return {
    list: (prefix) => gate.pass(caller, { point: 'documents.list', target: prefix }, () => documents.list(prefix)),
    read: (key, entry, options) =>
      gate.pass(
        caller,
        { point: `documents.read:${kindOf(key)}`, target: key, detail: entry?.etag ?? '' },
        () => documents.read(key, entry, options),
        (document) => {
          const cluster = clusterOfKey(key) ?? '';
          if (key === clusterKey(cluster)) caller.revisions.set(cluster, document?.revision ?? null);
        },
      ),
    readRevision: (key, revision) => {
      const site = { point: 'documents.readRevision', target: key, detail: revision };
      const run = () => documents.readRevision(key, revision);
      // What is read beside a newest revision that is no good is the one that is in force.
      return gate.pass(caller, site, run, () => caller.revisions.set(clusterOfKey(key) ?? '', revision));
    },
    revisions: (key) =>
      gate.pass(caller, { point: 'documents.revisions', target: key }, () => documents.revisions(key)),
    write: (key, text, etag) =>
      gate.pass<string | null>(
        caller,
        { point: `documents.write:${kindOf(key)}`, target: key, detail: etag ?? '*', conflict: null },
        () => documents.write(key, text, etag),
        (written) => {
          if (written !== null) changed(key, 'document.write', text);
        },
      ),
    remove: (key, etag) => {
      const site = { point: `documents.remove:${kindOf(key)}`, target: key, detail: etag, conflict: undefined };
      let there = false;
      const run = () => {
        there = world.text(key) !== undefined;
        return documents.remove(key, etag);
      };
      return gate.pass(caller, site, run, () => {
        if (there && world.text(key) === undefined) changed(key, 'document.remove', null);
      });
    },
  };
}

function watchedServices(services: Services, watch: Watch): Services {
  const { gate, caller, past, world } = watch;
  return {
    describe: (names) => {
      const site = { point: 'services.describe', target: names.join(' '), stale: past.services(services, names) };
      return gate.pass(caller, site, () => {
        world.history.passes += 1;
        return services.describe(names);
      });
    },
    setDesiredCount: (service, count) => {
      const site = { point: 'services.setDesiredCount', target: service, detail: String(count) };
      let before: number | null = null;
      const run = () => {
        before = serviceRecord(world, service)?.desiredCount ?? null;
        return services.setDesiredCount(service, count);
      };
      return gate.pass(caller, site, run, () =>
        stackMutation(watch, 'service.scale', service, { before, after: count }),
      );
    },
  };
}

function watchedStacks(stacks: Stacks, watch: Watch): Stacks {
  const { gate, caller, past, world } = watch;
  /** What changed nothing, such as deleting what is deleted already, is no mutation. */
  const operation = <T>(point: string, kind: MutationKind, target: string, token: string, run: () => Promise<T>) => {
    let stackStatus = '';
    let events = -1;
    const asked = () => {
      const stack = livingStack(world, target);
      stackStatus = stack?.status ?? 'NOT_FOUND';
      events = stack?.events.length ?? -1;
      return run();
    };
    return gate.pass(caller, { point, target, detail: token }, asked, () => {
      if ((livingStack(world, target)?.events.length ?? -1) === events) return;
      stackMutation(watch, kind, nameOfStack(target), { after: token, stackStatus });
    });
  };
  return {
    read: (name, knownAt) => {
      const site = { point: 'stacks.read', target: name, stale: past.stack(stacks, name), answered: stateOf };
      return gate.pass(caller, site, () => stacks.read(name, knownAt));
    },
    list: (prefix) =>
      gate.pass(caller, { point: 'stacks.list', target: prefix, stale: past.listing(stacks, prefix) }, () =>
        stacks.list(prefix),
      ),
    create: (name, shape, token) =>
      operation('stacks.create', 'stack.create', name, token, () => stacks.create(name, shape, token)),
    update: (id, shape, token) =>
      operation('stacks.update', 'stack.update', id, token, () => stacks.update(id, shape, token)),
    remove: (id, token) => operation('stacks.remove', 'stack.delete', id, token, () => stacks.remove(id, token)),
    cancelUpdate: (id, token) =>
      operation('stacks.cancelUpdate', 'stack.cancel', id, token, () => stacks.cancelUpdate(id, token)),
    continueRollback: (id, token) =>
      operation('stacks.continueRollback', 'stack.continue', id, token, () => stacks.continueRollback(id, token)),
    rollback: (id, token) =>
      operation('stacks.rollback', 'stack.rollback', id, token, () => stacks.rollback(id, token)),
  };
}

function watchedSchedule(schedule: Schedule, watch: Watch): Schedule {
  const { gate, caller } = watch;
  return {
    isFast: () => gate.pass(caller, { point: 'schedule.isFast', target: 'fast' }, () => schedule.isFast()),
    setFast: (enabled) =>
      gate.pass(
        caller,
        { point: 'schedule.setFast', target: 'fast', detail: String(enabled) },
        () => schedule.setFast(enabled),
        () => mutation(watch, 'schedule', '', 'fast', { after: String(enabled) }),
      ),
  };
}

const stateOf = (stack: StackObservation): string => (stack.state === 'absent' ? 'absent' : stack.status);

/** A stack is addressed by its id, `arn:…:stack/NAME/UUID`, or by its name. */
const nameOfStack = (nameOrId: string) => /:stack\/([^/]+)\//.exec(nameOrId)?.[1] ?? nameOrId;

function stackMutation(watch: Watch, kind: MutationKind, name: string, more: Partial<Mutation>): void {
  mutation(watch, kind, parseOwnedName(INSTALLATION, name)?.cluster ?? '', name, more);
}

function mutation(watch: Watch, kind: MutationKind, cluster: string, target: string, more: Partial<Mutation>): void {
  const { world, caller } = watch;
  record(world.history, 'mutations', {
    index: world.history.mutations.length,
    at: world.now(),
    actor: 'reconciler',
    invocation: caller.number,
    kind,
    cluster,
    target,
    revisionSeen: caller.revisions.get(cluster) ?? null,
    revisionNewest: cluster === '' ? null : world.revision(cluster),
    ...more,
  });
}
