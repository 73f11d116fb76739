/** A story is all that one run of the simulation is told: what people, builds and the world do when, and which faults happen. Plain JSON. */

/** Milliseconds since the story began. */
type Instant = number;

/** `server`, or the name of a pool: its stack, its ECS service, its tasks. */
export type Part = string;

interface At {
  at: Instant;
  /** Default: `main`. */
  cluster?: string;
}

export type Step = At &
  (
    | /** An edit of the spec. `cli`: read, change, write with If-Match, again after a lost race. `gitops`: the whole document, over whatever is there. */
    { do: 'edit'; spec: object; by?: 'cli' | 'gitops'; uid?: string }
    /** Any text as cluster.json: invalid, empty, of a newer version. */
    | { do: 'write'; text: string }
    /** cluster.json goes without a tombstone. */
    | { do: 'lose' }
    /** `bbf delete`: the tombstone, and once status is gone, the document. */
    | { do: 'delete' }
    /** A build: lease, wait for Ready, `jobs` actions at a time for `forMs`, release; after `diesAfterMs` its client is gone without a word. */
    | {
        do: 'build';
        id: string;
        pool?: string;
        workers?: number;
        forMs: number;
        jobs?: number;
        ttlSeconds?: number;
        diesAfterMs?: number;
        /** Its machine is suspended that long after its lease, and so renews nothing meanwhile. */
        suspended?: { afterMs: number; forMs: number };
      }
    /** An object under leases/ that is no lease. */
    | { do: 'lease'; id: string; text: string }
    /** One more invocation, by a schedule or for this cluster's document. */
    | { do: 'invoke'; by: 'fast' | 'slow' | 'document' }
    /** Somebody sets a service's count by hand. */
    | { do: 'scale'; part: Part; count: number }
    | { do: 'deleteService'; part: Part }
    | { do: 'deleteStack'; part: Part }
    /**
     * Somebody updates a stack by hand, and says nothing of its tags: parameters over those it has; `properties`: by resource, over those of
     * its template; `keepsFailure`: what fails stays as it is and is not rolled back.
     */
    | {
        do: 'updateStack';
        part: Part;
        parameters?: Record<string, string>;
        properties?: Record<string, Record<string, unknown>>;
        keepsFailure?: boolean;
      }
    /** Somebody changes a stack's tags by hand; null takes one away. */
    | { do: 'editTags'; part: Part; tags: Record<string, string | null> }
    /** The task definition that the service runs is deregistered. */
    | { do: 'deregister'; part: Part }
    /** A stack left behind in REVIEW_IN_PROGRESS, as by a crash between making and executing a change set. */
    | { do: 'review'; part: Part }
    /** So many running tasks die. */
    | { do: 'kill'; part: Part; count: number; code?: number }
    /** AWS takes so many Spot tasks away. */
    | { do: 'interrupt'; part: Part; count: number }
    /** The reconciler's clock differs from the world's by so much from now on. */
    | { do: 'clock'; skewMs: number; lasting?: boolean }
    /** How events travel from now on: shares of 0 to 1 that are lost or come twice, and how late they may be. */
    | { do: 'events'; lost?: number; twice?: number; lateMs?: number; lasting?: boolean }
    /** Tasks of a part can't be placed for this reason; null: they can again. */
    | { do: 'placement'; part: Part; reason: string | null; lasting?: boolean }
    /** An image can't be pulled for this reason, or its program ends at once (`crashes`) or says nothing (`hangs`); null: it is good again. */
    | { do: 'image'; image: string; problem: string | null }
    /** The installation's reconciler is of this version from now on; its engine defaults may differ. */
    | { do: 'deploy'; version: string }
    /** The farm's server says nothing for so long. */
    | { do: 'silence'; forMs: number }
    /** Somebody's hands on an object of the bucket that is not the document; null removes it. */
    | { do: 'object'; key: string; text: string | null }
  );

export type StepName = Step['do'];

/** What a call of a port meets. */
export type CallFaultKind =
  /** Nothing happened, and the caller is told so. */
  | 'throttled'
  | 'unavailable'
  | 'denied'
  | 'truncated'
  /** Nothing happened, and the caller can't know. */
  | 'timeout'
  /** It happened, and the caller gets no answer or a 5xx. */
  | 'lost'
  | 'lost-5xx'
  /** The caller gets a timeout now; it happens `ms` later. */
  | 'late'
  /** Reads of stacks and services: the value of `ms` ago. */
  | 'stale'
  /** Reads of stacks and services: as if it were not there, or still were as it last was. */
  | 'phantom-absence'
  | 'phantom-presence'
  /** The invocation ends here, without its `finally`; the call has not been made, or it has. */
  | 'crash'
  | 'crash-after'
  /** The invocation stands still for `ms` before the call, and is killed meanwhile if its time is up. */
  | 'pause'
  /** A conditional write meets another one: 409. */
  | 'conflict';

export interface CallFault {
  /** e.g. `stacks.create`, `documents.read:status`; `stacks.*` and `*` match more. */
  point: string;
  kind: CallFaultKind;
  /** Matching calls in this window only. Default: always. */
  from?: Instant;
  until?: Instant;
  /** Lets so many matching calls pass first. Default 0. */
  skip?: number;
  /** How many calls it hits; null: all of the window. Default 1. */
  times?: number | null;
  /** Share of the matching calls that it hits. Default 1. */
  rate?: number;
  ms?: number;
  /** Goes on when the other faults have stopped. */
  lasting?: boolean;
}

/** A step of a stack's resource fails with this reason. */
export interface StackFault {
  part: Part;
  cluster?: string;
  /** Default: any. */
  resource?: 'TaskDefinition' | 'Service';
  operation: 'create' | 'update' | 'delete' | 'restore';
  reason?: string;
  from?: Instant;
  until?: Instant;
  /** Default 1; null: all of the window. */
  times?: number | null;
  lasting?: boolean;
}

/** How long the cloud takes: as on AWS, or as quick as the local cloud. */
type Pace = 'aws' | 'quick';

/**
 * Whose workers do the work. bbf's own: one that is gone is known to be within seconds, and a drain can be taken back. Buildfarm's
 * beside the agent: one that is gone is listed for 30 s more, and one whose drain is taken back ends itself (decision 14).
 */
type Engine = 'farm' | 'buildfarm';

export interface Story {
  /** One sentence: what it shows. */
  title?: string;
  /** Of everything that is left to chance: interleaving, latencies, identifiers. */
  seed: number;
  pace?: Pace;
  /** Default: `farm`. */
  engine?: Engine;
  /** ECS and CloudFormation list in another order each time, as neither promises one. Through the direct door. */
  unordered?: boolean;
  /** Least and most that one call of a port takes until it is calm, milliseconds. Default [5, 60], which is also so afterwards. */
  latencyMs?: [number, number];
  /** In order of time. */
  steps: Step[];
  faults: CallFault[];
  stackFaults?: StackFault[];
  /** Faults that do not last end here; liveness is asked for from here on. */
  calmAt: Instant;
  /** Longest time from there to convergence, or to Stalled. Default 45 minutes. */
  settleMs?: number;
  /** Goes on until every promise about time that passes can be judged, also where a cluster is rightly awake. */
  overtime?: boolean;
}

export const DEFAULT_CLUSTER = 'main';

/** A step or a fault of the cluster of that name. */
export const isOf = ({ cluster = DEFAULT_CLUSTER }: { cluster?: string }, name: string): boolean => cluster === name;
