/** One run of the reconciler's own code that stands still at each thing it asks of the world, until it is told the answer. */
import type { Ports, Settings } from '../../../reconciler/ports.ts';
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

/** What never changes in a race: answered at once, which no other step can tell from later. */
export type Constants = Pick<Ports, 'stacks' | 'schedule'> & {
  /** Undefined for keys that others may write. */
  read(key: string): { text: string; etag: string; revision: string } | undefined;
};

/** Answers of one step of an invocation. */
export interface Delivery {
  answers: readonly Answer[];
  /** What the clock says when the code looks at it, once for each look. */
  looks: readonly number[];
  /** Where time stands still: what the clock says to every look, which is then no step of its own. */
  still: number | null;
}

export interface Run {
  calls: { call: Call; resolve(answer: Answer): void }[];
  ended: boolean;
  failure: string | null;
  deliver(delivery: Delivery): Promise<void>;
}

/** After this, everything that can go on without a new answer has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function startRun(constants: Constants, settings: Settings, invocation: Invocation): Run {
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
