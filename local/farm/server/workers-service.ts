/** The workers service: polls that stay open until there is something to do, and results. */
import type { Orders, WorkerReport } from '../scheduler/job.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { ExecuteResponse, Platform } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { timestamp } from '../wire/timestamp.ts';
import type { ActionJob, ActionWork } from './action-work.ts';
import { type CallLife, type Service, unary } from './calls.ts';
import { acceptResult, type JobResult, type ResultParts } from './results.ts';

/** Below the 30 s after which load balancers and NAT tables begin to forget silent connections. */
const POLL_MS = 20_000;
/** A worker that is being drained has to be seen empty twice, and somebody waits for that. */
const DRAINING_POLL_MS = 500;

interface WorkersParts extends ResultParts {
  scheduler: Scheduler<ActionWork, ExecuteResponse>;
  now(): number;
}

interface SynchronizeRequest {
  name: string;
  pool: string;
  platform: Platform | null;
  slots: number;
  running: string[];
  accepts: boolean;
  protected: boolean;
  incarnation: string;
}

interface JobMessage {
  name: string;
  actionDigest: { hash: string; sizeBytes: number };
  action: Uint8Array;
  command: Uint8Array;
  directories: Uint8Array[];
  queued: { seconds: number; nanos: number };
}

export interface SynchronizeResponse {
  start: JobMessage[];
  cancel: string[];
  draining: boolean;
}

interface OpenPoll {
  answer(orders: Orders<ActionWork, ExecuteResponse>): void;
}

interface WorkersService {
  service: Service;
  /** The scheduler has orders for this worker. */
  deliver(worker: string): void;
}

function jobMessage({ name, work, queuedAt }: ActionJob): JobMessage {
  const { digest, action, command, directories } = work;
  return { name, actionDigest: digest, action, command, directories, queued: timestamp(queuedAt) };
}

function reportOf(request: SynchronizeRequest): WorkerReport {
  const { name, pool, slots, running, accepts, incarnation } = request;
  if (name === '' || slots < 1) {
    throw new CallError(
      Code.INVALID_ARGUMENT,
      `worker ${JSON.stringify(name)} has to have a name and at least one slot, not ${slots}`,
    );
  }
  const properties = (request.platform?.properties ?? []).map((property) => [property.name, property.value]);
  const platform = Object.fromEntries(properties);
  return { name, pool, platform, slots, running, accepts, protected: request.protected, incarnation };
}

/** The polls that are open, at most one for each worker. */
class OpenPolls {
  readonly #polls = new Map<string, OpenPoll>();
  readonly #parts: WorkersParts;

  constructor(parts: WorkersParts) {
    this.#parts = parts;
  }

  synchronize(request: SynchronizeRequest, life: CallLife): Promise<SynchronizeResponse> {
    const { scheduler, now } = this.#parts;
    const report = reportOf(request);
    const { name } = report;
    this.#polls.get(name)?.answer({ start: [], cancel: [], draining: scheduler.isDraining(name) });
    scheduler.synchronize(report, now());
    return new Promise((resolve) => {
      const poll: OpenPoll = {
        answer: ({ start, cancel, draining }) => {
          this.#close(name, poll, timer);
          resolve({ start: start.map(jobMessage), cancel, draining });
        },
      };
      const draining = scheduler.isDraining(name);
      const timer = setTimeout(
        () => {
          scheduler.answered(name, now());
          poll.answer({ start: [], cancel: [], draining });
        },
        draining ? DRAINING_POLL_MS : POLL_MS,
      );
      this.#polls.set(name, poll);
      life.onCancelled(() => {
        if (this.#close(name, poll, timer)) scheduler.disconnected(name, now());
      });
      this.deliver(name);
    });
  }

  deliver(worker: string): void {
    const poll = this.#polls.get(worker);
    const orders = poll && this.#parts.scheduler.takeOrders(worker, this.#parts.now());
    if (orders) poll.answer(orders);
  }

  /** @returns whether this poll was the open one */
  #close(worker: string, poll: OpenPoll, timer: NodeJS.Timeout): boolean {
    clearTimeout(timer);
    return this.#polls.get(worker) === poll && this.#polls.delete(worker);
  }
}

export function createWorkersService(parts: WorkersParts): WorkersService {
  const polls = new OpenPolls(parts);
  return {
    deliver: (worker) => polls.deliver(worker),
    service: {
      name: 'bbf.farm.v1.Workers',
      roles: ['worker'],
      methods: {
        Synchronize: unary((request: SynchronizeRequest, life) => polls.synchronize(request, life)),
        Finish: unary(async ({ worker, results }: { worker: string; results: JobResult[] }) => {
          for (const result of results) await acceptResult(parts, worker, result);
          return { start: parts.scheduler.takeWork(worker, parts.now()).map(jobMessage) };
        }),
      },
    },
  };
}
