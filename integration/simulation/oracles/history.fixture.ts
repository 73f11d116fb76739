/** Hand-made worlds and histories, for tests of the oracles: what is recorded counts as new. */
import type { Status } from '../../../config-schema/documents.ts';
import { passOf, worker } from '../../../reconciler/core/observation.fixture.ts';
import {
  type CallRecord,
  type DocumentVersion,
  type Fresh,
  type History,
  type Mutation,
  newHistory,
  record,
  type WorkerRecord,
} from '../history.ts';
import type { Story } from '../story.ts';
import type { SeenService, SeenStack, Sight } from './sight.ts';
import type { Made } from './tasks.ts';

export const SERVER = 'bbf--main--server';
export const POOL = 'bbf--main--pool--default';
export const minutes = (count: number) => count * 60_000;
/** When everything of these tests happens, unless it says otherwise. */
export const AT = minutes(100);

export const story: Story = { seed: 1, steps: [], faults: [], calmAt: 0 };

export function sight(facts: Partial<Sight> = {}): Sight {
  const reportedAt = (_: string, before: number) => before;
  return {
    now: AT,
    story,
    begunAt: 0,
    stacks: [],
    services: [],
    keys: [],
    reportedAt,
    writtenAt: () => undefined,
    ...facts,
  };
}

/** What a pool's workers are made of where the spec says nothing. */
export const workerMade = (facts: Partial<Made> = {}): Made => ({
  cpu: 4096,
  memoryMiB: 8192,
  diskGiB: 50,
  architecture: 'X86_64',
  capacity: 'FARGATE_SPOT',
  images: { worker: 'worker' },
  told: { BBF_POOL: 'default', BBF_SLOTS: '4', BBF_PLATFORM: '{"OSFamily":"linux"}' },
  ...facts,
});

const serverMade: Made = {
  ...workerMade({ cpu: 1024, memoryMiB: 2048, diskGiB: 20, capacity: 'FARGATE' }),
  images: { server: 'server' },
  told: {},
};

export const service = (facts: Partial<SeenService> = {}): SeenService => ({
  name: POOL,
  cluster: 'main',
  part: facts.name === SERVER ? 'server' : 'default',
  status: 'ACTIVE',
  desired: 2,
  running: 2,
  alive: 2,
  createdAt: 0,
  made: facts.name === SERVER ? serverMade : workerMade(),
  usdPerHour: 0.1,
  ...facts,
});

export const stack = (facts: Partial<SeenStack> = {}): SeenStack => ({
  id: `arn:${facts.name ?? POOL}`,
  name: POOL,
  cluster: 'main',
  part: facts.name === SERVER ? 'server' : 'default',
  status: 'CREATE_COMPLETE',
  uid: 'u1',
  hash: 'h1',
  shape: 'h1',
  tags: '',
  ...facts,
});

/** Two workers of at most four, in good order: what a history without violations looks at. */
export const calmSight = (facts: Partial<Sight> = {}): Sight =>
  sight({
    stacks: [stack({ name: SERVER }), stack()],
    services: [service({ name: SERVER, desired: 1, running: 1, alive: 1 }), service()],
    ...facts,
  });

export const specText = (spec: object, uid = 'u1') =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main', uid }, spec });
export const SPEC = {
  pools: { default: { workers: 2, workersMax: 4 } },
  scaling: { idleAfter: '20m', queue: false },
};

export const version = (facts: Partial<DocumentVersion> = {}): DocumentVersion => ({
  at: 0,
  cluster: 'main',
  revision: 'r1',
  text: specText(SPEC),
  valid: true,
  by: 'gitops',
  ...facts,
});

export const mutation = (facts: Partial<Mutation> = {}): Mutation => ({
  index: 0,
  at: AT,
  actor: 'reconciler',
  invocation: 1,
  kind: 'service.scale',
  cluster: 'main',
  target: POOL,
  before: 2,
  after: 1,
  revisionSeen: 'r1',
  ...facts,
});

export const call = (facts: Partial<CallRecord> = {}): CallRecord => ({
  index: 0,
  at: AT - 10,
  invocation: 1,
  point: 'documents.list',
  target: 'clusters/main/',
  detail: '',
  outcome: 'ok',
  took: true,
  ...facts,
});

export const serving = (facts: Partial<WorkerRecord> = {}): WorkerRecord => ({
  task: 't1',
  cluster: 'main',
  pool: 'default',
  since: 0,
  until: null,
  ...facts,
});

/** With a valid document unless `records` has its own. */
export function history(records: Partial<Fresh> = {}, workers = [serving(), serving({ task: 't2' })]): History {
  const made = newHistory();
  made.workers = workers;
  const all: Fresh = {
    calls: [],
    mutations: [],
    documents: [version()],
    statuses: [],
    builds: [],
    ends: [],
    ...records,
  };
  for (const kind of Object.keys(all) as (keyof Fresh)[]) for (const entry of all[kind]) record(made, kind, entry);
  return made;
}

/** The status of a converged cluster, as the reconciler itself writes it. */
export function goodStatus(change: (status: Status) => void = () => {}): Status {
  const facts = {
    spec: SPEC,
    server: [1, 1] as [number, number],
    pool: [2, 2] as [number, number],
    activity: { workers: [worker('a'), worker('b')] },
  };
  const first = passOf(facts).status;
  const status = structuredClone(passOf({ ...facts, status: first }).status);
  status.actions = [];
  change(status);
  return status;
}

export function condition(status: Status, type: Status['conditions'][number]['type']) {
  const found = status.conditions.find((one) => one.type === type);
  if (!found) throw new Error(`no condition ${type}`);
  return found;
}

export const written = (status: Status, at = AT, revision = `s${at}`) => ({
  at,
  cluster: 'main',
  revision,
  invocation: 1,
  status,
});
