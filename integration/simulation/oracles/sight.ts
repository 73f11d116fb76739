/** What an oracle may see of the world: stacks, services and tasks as they are, not as anybody was told. */

import type { Cluster, Spec } from '../../../config-schema/documents.ts';
import { activityKey } from '../../../config-schema/keys.ts';
import { parseCluster } from '../../../config-schema/parse.ts';
import type { Blueprint } from '../../../local/cloud/cloudformation/state.ts';
import type { ServiceRecord, TaskRecord } from '../../../local/cloud/ecs/state.ts';
import type { ServiceName } from '../../../local/cloud/kernel.ts';
import { parseOwnedName, TAG_HASH, TAG_UID } from '../../../templates/names.ts';
import { hashOfText } from '../../../templates/shape.ts';
import { INSTALLATION } from '../foundation.ts';
import type { DocumentVersion, History, Oracle, StatusVersion, Violation, WorkerRecord } from '../history.ts';
import type { Story } from '../story.ts';
import type { SimulatedWorld } from '../world.ts';
import { type Made, madeBy, usdPerHourOf } from './tasks.ts';

export interface SeenStack {
  id: string;
  name: string;
  cluster: string;
  /** `server`, or the pool. */
  part: string;
  status: string;
  uid: string | null;
  hash: string | null;
  /** Of the template and the parameters that it has, whatever its tag says. */
  shape: string;
  /** All but the hash. */
  tags: string;
}

export interface SeenService {
  name: string;
  cluster: string;
  part: string;
  status: string;
  desired: number;
  /** Tasks that run and are not told to stop. */
  running: number;
  /** Tasks that cost: not stopped yet. */
  alive: number;
  createdAt: number;
  /** What its primary deployment runs. */
  made: Made;
  /** List price of an hour of all that is alive. */
  usdPerHour: number;
}

export interface Sight {
  now: number;
  story: Story;
  begunAt: number;
  /** Deleted ones included. */
  stacks: SeenStack[];
  /** INACTIVE ones included. */
  services: SeenService[];
  /** Keys of the bucket. */
  keys: string[];
  /** When the object that lies under a key was written; undefined where there is none. */
  writtenAt(key: string): number | undefined;
  /** When the farm's last report before that moment was written, in whole seconds; undefined when there was none. */
  reportedAt(cluster: string, before: number): number | undefined;
}

/** A check that reads only what it is given, so that a test can hand it any world and any history. */
export type Check = (sight: Sight, history: History) => string[];

/** An oracle from a check: each sentence becomes a violation now. It is asked at the end, or when something of a kind is new. */
export function oracle(
  id: string,
  promise: string,
  about: 'end' | NonNullable<Oracle['about']>,
  check: Check,
): Oracle & { judge: Check } {
  return {
    id,
    promise,
    ...(about === 'end' ? { when: 'end' } : { when: 'step', about }),
    judge: check,
    check(world, history): Violation[] {
      const messages = check(sightOf(world), history);
      return messages.map((message) => ({ oracle: id, at: world.now() - world.begunAt, message }));
    },
  };
}

const sights = new WeakMap<SimulatedWorld, Sight>();

/** One for each world, which looks again at what has changed: an equal list is the same one, so that a check sees that nothing is new. */
export function sightOf(world: SimulatedWorld): Sight {
  const known = sights.get(world);
  if (known) return known;
  const sight = look(world);
  sights.set(world, sight);
  return sight;
}

/** Nothing is looked up before an oracle asks for it. */
function look(world: SimulatedWorld): Sight {
  const stacks = lookedUp(world, 'cloudformation', seenStacks);
  const services = lookedUp(world, 'ecs', seenServices);
  const keys = lookedUp(world, 's3', seenKeys);
  return {
    get now() {
      return world.now();
    },
    story: world.story,
    begunAt: world.begunAt,
    reportedAt(cluster, before) {
      const reports = Object.values(world.services.s3.state.buckets).flatMap(
        ({ objects }) => objects[activityKey(cluster)] ?? [],
      );
      return reports.find(({ modifiedAt }) => modifiedAt < before)?.modifiedAt;
    },
    writtenAt(key) {
      const objects = Object.values(world.services.s3.state.buckets).flatMap(
        (bucket) => bucket.objects[key]?.[0] ?? [],
      );
      return objects.find(({ deleteMarker }) => !deleteMarker)?.modifiedAt;
    },
    get stacks() {
      return stacks();
    },
    get services() {
      return services();
    },
    get keys() {
      return keys();
    },
  };
}

/** Again only after the service has reported a change. */
function lookedUp<T>(world: SimulatedWorld, service: ServiceName, see: (world: SimulatedWorld) => T): () => T {
  let last: { changes: number; seen: T } | undefined;
  return () => {
    const changes = world.clock.changes(service);
    if (last?.changes !== changes) last = { changes, seen: see(world) };
    return last.seen;
  };
}

function seenKeys(world: SimulatedWorld): string[] {
  const objects = Object.values(world.services.s3.state.buckets).flatMap((bucket) => Object.entries(bucket.objects));
  return objects.flatMap(([key, [newest]]) => (newest && !newest.deleteMarker ? key : []));
}

function seenStacks(world: SimulatedWorld): SeenStack[] {
  return Object.values(world.services.cloudformation.state.stacks).flatMap(({ id, name, status, blueprint }) => {
    const owned = parseOwnedName(INSTALLATION, name);
    if (!owned) return [];
    const { [TAG_HASH]: hash = null, [TAG_UID]: uid = null } = blueprint.tags;
    const of = { cluster: owned.cluster, part: owned.pool ?? 'server', uid, hash };
    return [{ id, name, status, ...of, ...madeOf(blueprint) }];
  });
}

/** A blueprint is replaced, never changed. */
const made = new WeakMap<Blueprint, Pick<SeenStack, 'shape' | 'tags'>>();

function madeOf(blueprint: Blueprint): Pick<SeenStack, 'shape' | 'tags'> {
  const known = made.get(blueprint);
  if (known) return known;
  const { InitialCount: _, ...parameters } = blueprint.parameters;
  const { [TAG_HASH]: __, ...tags } = blueprint.tags;
  const seen = {
    shape: hashOfText(blueprint.templateBody, parameters),
    tags: JSON.stringify(Object.entries(tags).sort()),
  };
  made.set(blueprint, seen);
  return seen;
}

function seenServices(world: SimulatedWorld): SeenService[] {
  const living = new Map<string, TaskRecord[]>();
  for (const task of Object.values(world.services.ecs.state.tasks)) {
    if (task.lastStatus === 'STOPPED' || task.service === undefined) continue;
    const others = living.get(task.service);
    if (others) others.push(task);
    else living.set(task.service, [task]);
  }
  const services = Object.values(world.services.ecs.state.services);
  return services.flatMap((service) => seenService(world, service, living.get(service.arn) ?? []));
}

function seenService(world: SimulatedWorld, service: ServiceRecord, living: TaskRecord[]): SeenService[] {
  const owned = parseOwnedName(INSTALLATION, service.name);
  if (!owned) return [];
  const made = madeBy(world, service.deployments[0]?.revision);
  return [
    {
      name: service.name,
      cluster: owned.cluster,
      part: owned.pool ?? 'server',
      status: service.status,
      desired: service.desiredCount,
      running: living.filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING').length,
      alive: living.length,
      createdAt: service.createdAt,
      made,
      usdPerHour: living.reduce((sum, task) => sum + usdPerHourOf(world, task), 0),
    },
  ];
}

/** The cluster that a version of cluster.json says, or null when it says none. */
export function clusterOf(version: DocumentVersion | undefined): Cluster | null {
  if (!version || version.text === null) return null;
  const known = parsed.get(version);
  if (known !== undefined) return known;
  const result = parseCluster(version.text, { cluster: version.cluster });
  const cluster = result.ok ? result.cluster : null;
  parsed.set(version, cluster);
  return cluster;
}
const parsed = new WeakMap<DocumentVersion, Cluster | null>();

/** The version of a revision, or the newest valid one before it where that one is no good. */
export function inForce(history: History, cluster: string, revision?: string | null): DocumentVersion | undefined {
  const versions = history.documents.filter((version) => version.cluster === cluster);
  const index = revision ? versions.findIndex((version) => version.revision === revision) : versions.length - 1;
  return versions.slice(0, index + 1).findLast((version) => clusterOf(version) !== null);
}

export function specInForce(history: History, cluster: string, revision?: string | null): Spec | null {
  return clusterOf(inForce(history, cluster, revision))?.spec ?? null;
}

export function latestStatus(history: History, cluster: string): StatusVersion | undefined {
  return history.statuses.findLast((version) => version.cluster === cluster);
}

export const clustersOf = (history: History): string[] => [
  ...new Set(history.documents.map((version) => version.cluster)),
];

/** People edit and build, and nothing goes wrong but for an image of theirs; nobody tells bbf to stand still. */
export const isFaultless = ({ steps, faults, stackFaults = [] }: Story): boolean =>
  faults.length + stackFaults.length === 0 &&
  steps.every(
    (step) => ['edit', 'build', 'image'].includes(step.do) && !JSON.stringify(step).includes('"suspend":true'),
  );

/** Workers of a pool that had found a server by then, and had not ended before `since`. */
export const workersOf = (
  { workers }: History,
  cluster: string,
  pool: string,
  by: number,
  since = by,
): WorkerRecord[] =>
  workers.filter(
    (one) => one.cluster === cluster && one.pool === pool && one.since <= by && (one.until ?? by) >= since,
  );

/** A value that one check keeps from look to look of one run. */
export function memory<T>(history: History, key: string, initial: () => T): T {
  if (!history.memory.has(key)) history.memory.set(key, initial());
  return history.memory.get(key) as T;
}

/** Hands that are not bbf's have been on this stack or service within the last so many milliseconds. */
export function touchedByPeople(history: History, target: string, now: number, withinMs: number): boolean {
  return history.mutations.some(
    (mutation) => mutation.actor === 'person' && mutation.target.includes(target) && now - mutation.at <= withinMs,
  );
}
