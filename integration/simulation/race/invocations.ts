/**
 * The reconciler's own code as an automaton. What an invocation does next depends only on the answers that it has had, so its
 * place is a node in a tree of answers. A node is found by running the code from its start with recorded answers, once; after
 * that, any number of schedules passes through it without running anything.
 */
import type { Entry, Ports, Settings } from '../../../reconciler/ports.ts';
import { type Invocation, reconcileCluster } from '../../../reconciler/reconcile.ts';
import { CLUSTER } from './state.ts';

/** What an invocation asks of the world. Each is one scheduling point; `now` is one too, as time may pass before the code looks at its clock. */
export type Call =
  | { do: 'now' }
  | { do: 'wait'; ms: number }
  | { do: 'list'; prefix: string }
  | { do: 'read'; key: string }
  | { do: 'write'; key: string; text: string; etag: string | null }
  | { do: 'remove'; key: string; etag: string }
  | { do: 'describe'; names: string[] }
  | { do: 'count'; service: string; count: number };

export type Answer = unknown;

export interface Node {
  readonly id: number;
  /** Asked for at the same time; the invocation goes on when all are answered. Empty at its end. */
  readonly calls: readonly Call[];
  /** Of an invocation that has thrown. */
  readonly failure: string | null;
  /** What its first listing was. */
  readonly firstListing: Entry[] | null;
}

/** What never changes in a race: answered at once, which no other step can tell from later. */
export type Constants = Pick<Ports, 'stacks' | 'schedule'> & {
  /** Undefined for keys that others may write. */
  read(key: string): { text: string; etag: string; revision: string } | undefined;
};

/** Answers of one step of an invocation. */
interface Delivery {
  answers: readonly Answer[];
  /** What the clock says when the code looks at it, once for each look. */
  looks: readonly number[];
  /** Where time stands still: what the clock says to every look, which is then no step of its own. */
  still: number | null;
}

interface Run {
  calls: { call: Call; resolve(answer: Answer): void }[];
  ended: boolean;
  failure: string | null;
  deliver(delivery: Delivery): Promise<void>;
}

interface TreeNode extends Node {
  root: Invocation;
  path: Delivery[];
  children: Map<string, TreeNode>;
}

/** Ended runs of the code that wait to be continued; older ones are run again when they are needed. */
const KEPT_RUNS = 5000;

export interface Invocations {
  node(id: number): Node;
  /** `key` tells one invocation from another. */
  begin(key: string, invocation: Invocation): number | Promise<number>;
  /** `key` tells one set of answers from another; `still`: the clock, where time stands still. */
  next(id: number, key: string, answers: readonly Answer[], still: number | null): number | Promise<number>;
  size(): number;
}

export function createInvocations(constants: Constants, settings: Settings): Invocations {
  const nodes: TreeNode[] = [];
  const roots = new Map<string, TreeNode>();
  const runs = new Map<TreeNode, Run>();

  function add(run: Run, root: Invocation, path: Delivery[]): TreeNode {
    const calls = run.calls.map(({ call }) => call);
    if (calls.length === 0 && !run.ended) throw new Error('the reconciler waits for something that is no port');
    const firstListing = (path[1]?.answers[0] as Entry[]) ?? null;
    const node = { id: nodes.length, calls, failure: run.failure, firstListing, root, path, children: new Map() };
    nodes.push(node);
    // A run that was stopped at its clock has been told a wrong time, and is of no further use.
    if (calls[0]?.do !== 'now') runs.set(node, run);
    const oldest = runs.keys().next().value;
    if (runs.size > KEPT_RUNS && oldest) runs.delete(oldest);
    return node;
  }

  async function begin(key: string, root: Invocation): Promise<number> {
    const path = [{ answers: [], looks: [], still: null }];
    const node = add(await runAlong(constants, settings, root, path), root, path);
    roots.set(key, node);
    return node.id;
  }

  async function grow(node: TreeNode, key: string, answers: readonly Answer[], still: number | null): Promise<number> {
    const path = longer(node, answers, still);
    const kept = runs.get(node);
    runs.delete(node);
    if (kept) await kept.deliver(path.at(-1) as Delivery);
    const child = add(kept ?? (await runAlong(constants, settings, node.root, path)), node.root, path);
    node.children.set(key, child);
    return child.id;
  }

  return {
    node: (id) => nodes[id] as TreeNode,
    begin: (key, root) => roots.get(key)?.id ?? begin(key, root),
    next(id, key, answers, still) {
      const node = nodes[id] as TreeNode;
      const full = `${key}@${still}`;
      return node.children.get(full)?.id ?? grow(node, full, answers, still);
    },
    size: () => nodes.length,
  };
}

/** A look at the clock can't wait for its answer, so its answer is told ahead, with the answers before it. */
function longer({ path, calls }: TreeNode, answers: readonly Answer[], still: number | null): Delivery[] {
  if (calls[0]?.do !== 'now') return [...path, { answers, looks: [], still }];
  const last = path.at(-1) as Delivery;
  return [...path.slice(0, -1), { ...last, looks: [...last.looks, answers[0] as number] }];
}

async function runAlong(constants: Constants, settings: Settings, root: Invocation, path: Delivery[]): Promise<Run> {
  const run = startRun(constants, settings, root);
  for (const delivery of path) await run.deliver(delivery);
  return run;
}

/** After this, everything that can go on without a new answer has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function startRun(constants: Constants, settings: Settings, invocation: Invocation): Run {
  let looks: number[] = [];
  let still: number | null = null;
  let begun = false;
  let over = false;
  const ask = <T>(call: Call) =>
    new Promise<T>((resolve) => {
      if (!over) run.calls.push({ call, resolve: resolve as (answer: Answer) => void });
    });
  const now = () => {
    const told = looks.shift() ?? still;
    if (told !== null) return told;
    // What the code makes of this answer is never looked at: the run ends here.
    if (!over) run.calls = [{ call: { do: 'now' }, resolve: () => {} }];
    over = true;
    return 0;
  };
  const run: Run = {
    calls: [],
    ended: false,
    failure: null,
    async deliver(delivery) {
      const asked = run.calls;
      run.calls = [];
      looks = [...delivery.looks];
      still = delivery.still;
      if (!begun) reconcileCluster(portsOf(constants, ask, now), settings, invocation, CLUSTER).then(end, fail);
      begun = true;
      for (const [i, { resolve }] of asked.entries()) {
        if (run.calls.length > 0)
          throw new Error('the reconciler went on before all of its parallel calls were answered');
        resolve(delivery.answers[i]);
        await settled();
      }
      await settled();
    },
  };
  const end = () => {
    run.ended = true;
  };
  const fail = (error: unknown) => {
    run.ended = true;
    run.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  };
  return run;
}

type Ask = <T>(call: Call) => Promise<T>;

function portsOf(constants: Constants, ask: Ask, now: () => number): Ports {
  return {
    documents: {
      list: (prefix) => ask({ do: 'list', prefix }),
      read: async (key) => constants.read(key) ?? ask({ do: 'read', key }),
      revisions: async () => [],
      readRevision: async (key) => constants.read(key)?.text ?? null,
      write: (key, text, etag) => ask({ do: 'write', key, text, etag }),
      remove: (key, etag) => ask({ do: 'remove', key, etag }),
    },
    services: {
      describe: (names) => ask({ do: 'describe', names }),
      setDesiredCount: (service, count) => ask({ do: 'count', service, count }),
    },
    stacks: constants.stacks,
    schedule: constants.schedule,
    time: { now, wait: (ms) => ask({ do: 'wait', ms }) },
    log: { info: () => {}, error: () => {} },
  };
}
