/** Reference workloads: what people and builds do to a cluster in one short life, without any fault. */
import type { Step, Story } from '../story.ts';

export interface Workload {
  title: string;
  steps: Step[];
  /** Milliseconds after the last step at which faults end. */
  calmAfterMs?: number;
  /** The last so many milliseconds before the calm have no faults, so that an end like sleep comes about in any case. */
  restMs?: number;
  /** The workload whose end this one's must equal, where that is not its own. */
  like?: string | Workload;
  /** Kinds of mutations that hang on which of two things comes first, so that any fault may add one. */
  more?: string[];
}

const seconds = (count: number) => count * 1_000;
const minutes = (count: number) => count * 60_000;

const BEGIN = seconds(1);
/** First creation is over by then, on AWS's pace. */
const THEN = minutes(3);
const LATER = minutes(8);

/** A cluster with one pool, quick to shrink and slow to sleep unless told otherwise. */
const spec = (pool: object = {}, rest: Record<string, object> = {}) => ({
  pools: { default: { workers: 2, workersMax: 6, ...pool } },
  scaling: { idleAfter: '2h', scaleInAfter: '1m' },
  ...rest,
});
const edit = (at: number, to: object): Step => ({ at, do: 'edit', spec: to, by: 'gitops' });
const build = (at: number, id: string, workers: number, forMs: number, more: object = {}): Step => ({
  at,
  do: 'build',
  id,
  workers,
  forMs,
  ...more,
});
const first = edit(BEGIN, spec());
const naps = { scaling: { idleAfter: '4m', scaleInAfter: '1m' } };
const big = { workers: 1, workersMax: 3, cpu: 8192, memoryMiB: 16384 };
const twoPools = { ...spec(), pools: { default: { workers: 2, workersMax: 6 }, big } };
const better = { engine: { worker: 'worker:2' } };

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  create: { title: 'a first document makes server, pool and two workers', steps: [first], calmAfterMs: minutes(3) },
  grow: { title: 'two workers become four', steps: [first, edit(THEN, spec({ workers: 4 }))] },
  'shrink-busy': {
    title: 'the document asks for one worker while a build keeps four busy',
    steps: [first, build(THEN, 'build-1', 4, minutes(4), { jobs: 12 }), edit(THEN + minutes(2), spec({ workers: 1 }))],
    calmAfterMs: minutes(4),
  },
  'sleep-wake': {
    title: 'an idle cluster goes to zero, and a build wakes it',
    steps: [edit(BEGIN, spec({}, naps)), build(minutes(14), 'build-1', 3, minutes(2))],
    // It sleeps again before the end, so that the end does not hang on when one looks.
    calmAfterMs: minutes(14),
    restMs: minutes(11),
  },
  'pool-add': { title: 'a second pool is added', steps: [first, edit(THEN, twoPools)] },
  'pool-remove': { title: 'a pool is removed', steps: [edit(BEGIN, twoPools), edit(THEN, spec())] },
  'image-asleep': {
    title: 'the workers’ image changes at zero, and a build tries it',
    steps: [
      edit(BEGIN, spec({ workers: 0 })),
      edit(THEN, spec({ workers: 0 }, better)),
      build(LATER, 'build-1', 2, minutes(1)),
    ],
  },
  'image-leased': {
    title: 'the workers’ image changes under a running build, which keeps its workers',
    steps: [first, build(THEN, 'build-1', 2, minutes(3), { jobs: 4 }), edit(THEN + minutes(1), spec({}, better))],
    calmAfterMs: minutes(4),
  },
  'image-bad-good': {
    title: 'an image that can’t be pulled, then one that can',
    steps: [
      first,
      { at: THEN, do: 'image', image: 'broken', problem: 'pull access denied' },
      edit(THEN, spec({}, { engine: { worker: 'broken' } })),
      edit(THEN + minutes(4), spec({}, better)),
    ],
    like: 'image-change',
    // How often the bad one is tried, and whether a try is under way when the good document comes.
    more: ['stack.cancel', 'stack.update', 'grown', 'shrunk'],
  },
  'image-change': {
    title: 'the workers’ image changes while two idle workers run',
    steps: [first, edit(THEN, spec({}, better))],
  },
  'invalid-good': {
    title: 'a document that is not valid, then one that is',
    steps: [
      first,
      {
        at: THEN,
        do: 'write',
        text: '{"apiVersion":"bbf/v1","kind":"Cluster","metadata":{"name":"main"},"spec":{"pools":{"default":{"workers":-1}}}}',
      },
      edit(THEN + minutes(2), spec({ workers: 4 })),
    ],
    like: 'grow',
  },
  delete: { title: 'a running cluster is deleted', steps: [first, { at: THEN, do: 'delete' }] },
  recreate: {
    title: 'a cluster is deleted and made again under the same name, as another one',
    steps: [
      { at: BEGIN, do: 'edit', spec: spec(), by: 'gitops', uid: 'one' },
      { at: THEN, do: 'delete' },
      { at: LATER, do: 'edit', spec: spec({ workers: 1 }), by: 'gitops', uid: 'two' },
    ],
    calmAfterMs: minutes(3),
  },
  suspend: {
    title: 'a suspended cluster ignores an edit until it is resumed',
    steps: [
      first,
      edit(THEN, { ...spec(), suspend: true }),
      edit(THEN + minutes(2), { ...spec({ workers: 4 }), suspend: true }),
      edit(THEN + minutes(4), spec({ workers: 4 })),
    ],
  },
  floor: {
    title: 'a schedule keeps three workers for ten minutes',
    steps: [
      edit(BEGIN, {
        pools: { default: { workers: 0, workersMax: 6 } },
        scaling: {
          idleAfter: '3m',
          scaleInAfter: '1m',
          schedules: [{ cron: '6 9 * * *', timezone: 'Europe/Paris', for: '10m', pools: { default: { workers: 3 } } }],
        },
      }),
      { at: minutes(26), do: 'invoke', by: 'slow' },
    ],
  },
  budget: {
    title: 'the budget of an hour pays for fewer workers than asked for',
    steps: [edit(BEGIN, spec({ workers: 6 }, { budget: { usdPerHour: 0.4 } })), edit(THEN, spec({ workers: 6 }))],
  },
  queue: {
    title: 'a build with more actions than its lease has workers for grows the pool by its queue',
    steps: [first, build(THEN, 'build-1', 1, minutes(3), { jobs: 16 })],
    calmAfterMs: minutes(4),
  },
  'client-dies': {
    title: 'a client dies; its lease ends by itself and its workers go',
    steps: [first, build(THEN, 'build-1', 5, minutes(30), { jobs: 4, diesAfterMs: minutes(2) })],
    calmAfterMs: minutes(5),
  },
  'document-lost': {
    title: 'cluster.json disappears; the cluster stays as it was',
    steps: [first, { at: THEN, do: 'lose' }, build(THEN + minutes(1), 'build-1', 3, minutes(1))],
    calmAfterMs: minutes(2),
  },
  'roll-back-stuck': {
    title: 'the service of a pool is deleted by hand under an update, whose roll-back can’t end either',
    steps: [first, edit(THEN, spec({}, better)), { at: THEN + seconds(15), do: 'deleteService', part: 'default' }],
    calmAfterMs: minutes(6),
  },
  'half-updated': {
    title: 'somebody updates a pool’s stack by hand, without roll-back, and deletes its service under that',
    steps: [
      first,
      { at: THEN, do: 'updateStack', part: 'default', parameters: { Slots: '7' }, keepsFailure: true },
      { at: THEN + seconds(15), do: 'deleteService', part: 'default' },
    ],
    calmAfterMs: minutes(6),
  },
  'same-again': { title: 'the same document is written again, byte for byte', steps: [first, edit(THEN, spec())] },
  'server-size': {
    title: 'the server gets another size while nobody builds',
    steps: [first, edit(THEN, spec({}, { server: { cpu: 2048, memoryMiB: 4096 } }))],
  },
};

const DEFAULT_CALM_MS = minutes(3);

export function storyOf(workload: Workload, seed: number): Story {
  const last = Math.max(...workload.steps.map((step) => step.at));
  const calmAt = last + (workload.calmAfterMs ?? DEFAULT_CALM_MS);
  return { title: workload.title, seed, steps: [...workload.steps], faults: [], calmAt };
}
