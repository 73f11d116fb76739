/** What happened in one run, as the oracles read it: calls, mutations, documents, statuses, builds and ended tasks. */
import type { Status } from '../../config-schema/documents.ts';
import type { CallFault, StackFault, Step } from './story.ts';
import type { SimulatedWorld } from './world.ts';

/** One call of a port by one invocation. */
export interface CallRecord {
  /** Counts all calls of the run. */
  index: number;
  at: number;
  invocation: number;
  point: string;
  /** Key, stack name or id, service; what the call is about. */
  target: string;
  /** The last argument that says how: a count, an etag, a token. */
  detail: string;
  /** `crashed`: the invocation ended at this call. */
  outcome: 'ok' | 'failed' | 'crashed';
  error?: string;
  /** What a read of a stack was answered: `absent`, or the stack's status. */
  answer?: string;
  /** The injected fault, if there was one. */
  fault?: string;
  /** False when nothing reached the cloud. */
  took: boolean;
}

export type MutationKind =
  | 'stack.create'
  | 'stack.update'
  | 'stack.delete'
  | 'stack.cancel'
  | 'stack.continue'
  | 'stack.rollback'
  | 'service.scale'
  | 'service.delete'
  | 'taskdefinition.deregister'
  | 'schedule'
  | 'document.write'
  | 'document.remove';

/** Something was asked of the cloud and the cloud took it. */
export interface Mutation {
  index: number;
  at: number;
  actor: 'reconciler' | 'person' | 'build' | 'farm';
  /** Of the reconciler's own. */
  invocation?: number;
  kind: MutationKind;
  cluster: string;
  /** Stack or service name, or key. */
  target: string;
  /** Counts before and after, token, etag. */
  before?: number | string | null;
  after?: number | string | null;
  /** Revision of cluster.json that this invocation had read last, and the newest one there was. */
  revisionSeen?: string | null;
  revisionNewest?: string | null;
  /** Newest accepted (valid) document when it was asked. */
  stackStatus?: string;
}

/** One version of a cluster's document, also those that are no good. */
export interface DocumentVersion {
  at: number;
  cluster: string;
  revision: string;
  /** Null: removed. */
  text: string | null;
  valid: boolean;
  by: 'cli' | 'gitops' | 'person';
}

export interface StatusVersion {
  at: number;
  cluster: string;
  revision: string;
  invocation: number;
  /** Null: removed. */
  status: Status | null;
}

/** What became of a build. */
export interface BuildEvent {
  at: number;
  cluster: string;
  build: string;
  what: 'lease' | 'renewed' | 'ready' | 'hopeless' | 'released' | 'died' | 'gave-up' | 'broken';
  pool: string;
  workers: number;
  ttlSeconds: number;
}

/** A task was told to end. */
export interface TaskEnd {
  at: number;
  cluster: string;
  part: string;
  task: string;
  /** ECS's stop code, e.g. ServiceSchedulerInitiated. */
  code: string;
  reason: string;
  /** Actions that it ran. */
  busy: number;
  /** For workers: was it protected, was it drained. */
  protected: boolean;
  drained: boolean;
}

export interface InvocationRecord {
  number: number;
  startedAt: number;
  endedAt?: number;
  outcome?: 'done' | 'failed' | 'crashed' | 'timed out';
  error?: string;
  event: string;
}

/** Records since the oracles last looked. */
export interface Fresh {
  calls: CallRecord[];
  mutations: Mutation[];
  documents: DocumentVersion[];
  statuses: StatusVersion[];
  builds: BuildEvent[];
  ends: TaskEnd[];
}

export interface History extends Fresh {
  invocations: InvocationRecord[];
  /** Passes begun: listings of a cluster or of all. */
  passes: number;
  /** Every worker task that has found a server. */
  workers: WorkerRecord[];
  servers: ServerRecord[];
  fresh: Fresh;
  /** The faults and the steps of the story that met something: a call, a stack, a task. */
  hits: Set<CallFault | StackFault | Step>;
  /** What oracles remember from look to look, by oracle. */
  memory: Map<string, unknown>;
}

export interface WorkerRecord {
  task: string;
  cluster: string;
  pool: string;
  /** When it found its first server. */
  since: number;
  /** When its program ended; null while it runs. */
  until: number | null;
}

interface ServerRecord {
  task: string;
  cluster: string;
  endpoint: string;
  /** When its program began. */
  since: number;
  /** When its program ended; null while it runs. */
  until: number | null;
}

export interface Violation {
  /** e.g. `S7`. */
  oracle: string;
  at: number;
  message: string;
}

export interface Oracle {
  /** e.g. `S7`. */
  id: string;
  /** The promise in one sentence. */
  promise: string;
  /** `step`: after every step, `history.fresh` has what is new. `end`: once, when the story has settled or its time is up. */
  when: 'step' | 'end';
  /** Asked only after steps of which this kind of thing is new, or anything at all. Absent: after each. */
  about?: Kind | 'anything';
  check(world: SimulatedWorld, history: History): Violation[];
}

const nothing = (): Fresh => ({ calls: [], mutations: [], documents: [], statuses: [], builds: [], ends: [] });

export function newHistory(): History {
  return {
    ...nothing(),
    invocations: [],
    passes: 0,
    workers: [],
    servers: [],
    fresh: nothing(),
    hits: new Set(),
    memory: new Map(),
  };
}

type Kind = keyof Fresh;

/** Nothing is new. */
export const isStill = ({ calls, mutations, documents, statuses, builds, ends }: Fresh): boolean =>
  calls.length + mutations.length + documents.length + statuses.length + builds.length + ends.length === 0;

/** Adds a record to what is new and to all. */
export function record<K extends Kind>(history: History, kind: K, entry: Fresh[K][number]): void {
  (history[kind] as Fresh[K][number][]).push(entry);
  (history.fresh[kind] as Fresh[K][number][]).push(entry);
}

/** Asks the oracles, then what was new is so no more. */
export function ask(oracles: readonly Oracle[], world: SimulatedWorld, history: History): Violation[] {
  const { fresh } = history;
  const still = isStill(fresh);
  const found: Violation[] = [];
  for (const oracle of oracles) {
    const { about } = oracle;
    const isDue = about === undefined || (!still && (about === 'anything' || fresh[about].length > 0));
    if (isDue) found.push(...oracle.check(world, history));
  }
  if (!still) history.fresh = nothing();
  return found;
}
