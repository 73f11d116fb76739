/** What is explored: where a race begins, who takes part, and for how long. */

/** Bugs to plant, by the name of what they take away. */
export type Plant =
  /** The second look at the bucket, before something is taken away, answers what the first one did. */
  | 'no second look'
  /** Everybody gets the lock. */
  | 'lock ignored'
  /** The client reads status first and then writes its lease. */
  | 'status before lease'
  /** Status is written whatever another pass wrote meanwhile. */
  | 'status without condition'
  /** Workers are never protected from scale-in. */
  | 'no protection'
  /** A worker works whose protection ECS has refused. */
  | 'work unprotected';

/** The state of the cluster at the beginning; each is reached by the reconciler's own passes. */
export type Beginning =
  /** Converged and idle, with the idle time just over. */
  | 'idle'
  /** Sleep is published and no worker has been told to drain. */
  | 'sleep published'
  /** Sleep is published and every worker is drained and reported. */
  | 'drained'
  /** No worker is left, and the server is the next to go. */
  | 'workers gone'
  | 'asleep'
  /** Two workers, one of them told to drain, drained and reported. */
  | 'one of two drained'
  /** Two workers, and client 1 was told that it may use them. */
  | 'leased';

/** What somebody makes of the cluster's document. */
export type Edit = 'suspend' | 'resume' | 'want two workers';

export interface Scenario {
  name: string;
  beginning: Beginning;
  /** One for each client: the workers that it claims. */
  clients: readonly number[];
  /** Made one after the other while all this goes on. */
  edits: readonly Edit[];
  /** One for each reconciler: how many invocations it may begin. */
  invocations: readonly number[];
  /** Of each reconciler's clock against S3's, milliseconds. Tolerated are differences below 5 s. */
  skews: readonly number[];
  /** How long ago client 1 wrote its lease, milliseconds; null: it has none. A lease lives for 90 s. */
  leaseAgeMs: number | null;
  /** How long time may go on, milliseconds; 0: it stands still. */
  horizonMs: number;
  /** How many crashes there may be, of reconcilers and clients. */
  crashes: number;
  /** Whether invocations stay to look again, and hold the lock meanwhile. */
  stay: boolean;
  /** Whether clients may fail to renew their lease in time, as on a machine that was suspended. */
  lapses: boolean;
  /**
   * Whether the reads that an invocation has open at the same time are carried out as one step. That leaves out schedules in
   * which something changes between them, and makes room for more clients and invocations.
   */
  readsAtOnce: boolean;
}

const base: Omit<Scenario, 'name' | 'beginning'> = {
  clients: [1],
  edits: [],
  invocations: [1, 1],
  skews: [0, 0],
  leaseAgeMs: null,
  horizonMs: 0,
  crashes: 0,
  stay: false,
  lapses: false,
  readsAtOnce: false,
};

const quick = { ...base, readsAtOnce: true };
const SKEWED = [4_000, -4_000];

/** Small enough for every change; each is explored to its very end. */
export const QUICK: readonly Scenario[] = [
  { ...quick, name: 'scale-in', beginning: 'drained' },
  { ...quick, name: 'shrink', beginning: 'one of two drained', clients: [2] },
  { ...quick, name: 'server', beginning: 'workers gone' },
  { ...quick, name: 'drain', beginning: 'sleep published' },
  // Written again after it had ended, as by a machine that was suspended: for both clocks, or for one of them.
  { ...quick, name: 'late renewal', beginning: 'one of two drained', clients: [2], leaseAgeMs: 100_000 },
  { ...quick, name: 'clocks', beginning: 'one of two drained', clients: [2], leaseAgeMs: 93_000, skews: SKEWED },
  { ...quick, name: 'scale-in and a crash', beginning: 'drained', crashes: 1 },
  { ...quick, name: 'end of a lease', beginning: 'leased', clients: [2], leaseAgeMs: 88_000, skews: SKEWED },
  { ...quick, name: 'server, two clients', beginning: 'workers gone', clients: [1, 1] },
  { ...quick, name: 'suspend beside a lease', beginning: 'drained', edits: ['suspend', 'resume'] },
];

/** For the night: more clients, more invocations, crashes, time, and all reads one by one. */
export const DEEP: readonly Scenario[] = [
  { ...quick, name: 'scale-in, two clients', beginning: 'drained', clients: [1, 1] },
  { ...quick, name: 'drain, two clients', beginning: 'sleep published', clients: [1, 1] },
  { ...quick, name: 'going to sleep, two clients', beginning: 'idle', clients: [1, 1] },
  // The one holds its lease, and will release it; the other comes and claims more than is there.
  { ...quick, name: 'one build ends, one begins', beginning: 'one of two drained', clients: [1, 2], leaseAgeMs: 1_000 },
  { ...quick, name: 'edit beside a lease', beginning: 'drained', edits: ['want two workers'] },
  { ...base, name: 'server, read by read', beginning: 'workers gone' },
  { ...base, name: 'drain, read by read', beginning: 'sleep published' },
  { ...base, name: 'wake', beginning: 'asleep', clients: [1, 1] },
  { ...base, name: 'going to sleep', beginning: 'idle', invocations: [2, 1], readsAtOnce: true },
  { ...base, name: 'scale-in, three invocations', beginning: 'drained', invocations: [2, 1], readsAtOnce: true },
  {
    ...base,
    name: 'shrink, three invocations',
    beginning: 'one of two drained',
    clients: [2],
    invocations: [2, 1],
    readsAtOnce: true,
  },
  { ...base, name: 'server and crashes', beginning: 'workers gone', crashes: 2, readsAtOnce: true },
  { ...base, name: 'looking again', beginning: 'drained', stay: true, horizonMs: 3_000, readsAtOnce: true },
  {
    ...base,
    name: 'a lock that ends',
    beginning: 'drained',
    crashes: 1,
    horizonMs: 70_000,
    skews: SKEWED,
    readsAtOnce: true,
  },
  {
    ...base,
    name: 'a lease that ends',
    beginning: 'leased',
    clients: [2],
    leaseAgeMs: 87_000,
    skews: SKEWED,
    horizonMs: 8_000,
    crashes: 1,
    readsAtOnce: true,
  },
  {
    ...base,
    name: 'a lease that lapses',
    beginning: 'leased',
    clients: [2],
    leaseAgeMs: 87_000,
    skews: SKEWED,
    horizonMs: 8_000,
    lapses: true,
    readsAtOnce: true,
  },
];
