/** Everything that a schedule can change, as one value: what two states have in common is written once, so they compare by a short key. */
export const CLUSTER = 'main';
export const POOL = 'default';

/** An object of the bucket: its text by number, as `Texts` has it, and S3's LastModified. */
export interface Stored {
  readonly text: number;
  readonly at: number;
}

/** One reconciler that may run invocations one after the other. */
export interface ReconcilerState {
  /** Where its invocation is, a number of `Invocations`; null between two of them. */
  readonly node: number | null;
  /** Answers to the calls of that node, as numbers; -1 for those that have not been carried out. */
  readonly got: readonly number[];
  /** When the node was reached, for one that waits; else 0. */
  readonly since: number;
  readonly begunAt: number;
  readonly invocations: number;
}

export interface WorkerState {
  readonly name: string;
  /** What ECS has noted. */
  readonly protected: boolean;
  /** What the worker was last told. */
  readonly draining: boolean;
  /** ECS refused protection: such a worker is known to the server, and takes no work. */
  readonly refused: boolean;
  /** The client whose action it runs, or null. */
  readonly runs: number | null;
}

type ClientPhase =
  | 'away'
  /** Its lease is written, and it looks at status. */
  | 'waiting'
  /** Was told that it may start. */
  | 'ready'
  /** Its action waits for a worker. */
  | 'queued'
  | 'running'
  /** Its action is done. */
  | 'done'
  | 'released'
  | 'failed'
  | 'dead';

export interface ClientState {
  readonly phase: ClientPhase;
  /** Workers that it was promised; 0 as long as it was promised nothing, and after its lease has once lapsed. */
  readonly promised: number;
  /** The status that promised them named its lease; else they may be those of another's claim. */
  readonly noticed: boolean;
}

export interface State {
  readonly now: number;
  readonly objects: Readonly<Record<string, Stored>>;
  readonly server: { readonly desired: number; readonly startedAt: number | null };
  readonly pool: { readonly desired: number; readonly started: number };
  readonly workers: readonly WorkerState[];
  /** Names that the farm's server last read in status. */
  readonly orders: readonly string[];
  /** Of the farm; null while it has something to do, or no server runs. */
  readonly idleSince: number | null;
  readonly reconcilers: readonly ReconcilerState[];
  readonly clients: readonly ClientState[];
  /** How many of the scenario's edits have been made. */
  readonly edits: number;
  /** How many more crashes the schedule may contain. */
  readonly crashes: number;
}

/** Texts by number: equal texts have equal numbers, and a number makes an ETag, as S3 makes it of the MD5 of a body. */
export interface Texts {
  number(text: string): number;
  text(number: number): string;
}

export function createTexts(): Texts {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    number(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    text: (number) => texts[number] as string,
  };
}

export const revisionOf = (text: number) => `v${text}`;

export const etagOf = (text: number) => `"${text}"`;

/** Tells states apart: equal for states that are equal, and for no others. */
export type KeyOf = (state: State) => string;

/** States share most of their parts, so each part is written out once, and a key is made of numbers of parts. */
export function createKeys(): KeyOf {
  const texts = createTexts();
  const known = new WeakMap<object, number>();
  const part = (value: object): number => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const number = texts.number(JSON.stringify(value));
    known.set(value, number);
    return number;
  };
  return (state) => {
    const { now, objects, server, pool, workers, orders, idleSince, reconcilers, clients, edits, crashes } = state;
    const lists = [objects, server, pool, workers, orders, clients].map(part);
    return [now, idleSince, edits, crashes, ...lists, ...reconcilers.map(part)].join();
  };
}

/** `list` with one of its members replaced. */
export function replaced<T>(list: readonly T[], index: number, member: T): readonly T[] {
  return list.map((other, i) => (i === index ? member : other));
}
