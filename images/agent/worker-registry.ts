/** The workers that the server's agent has heard of, and what each is ordered. Pure but for its own state: every instant is an argument. */
import type { ActivityWorker } from '../../config-schema/documents.ts';
import type { WorkerAnswer, WorkerReport } from './worker-report.ts';

interface Known {
  report: WorkerReport;
  heardAt: number;
  /** Buildfarm has spoken once: only then is it a worker. */
  hasSpoken: boolean;
  /** Reports in a row that said nothing runs, while it was to drain. */
  emptyReports: number;
}

/** Reports come every 2 s; a gateway that reloads, or a pause of the machine, must not unmake a worker. */
const FORGOTTEN_AFTER_MS = 30_000;
const LOST_AFTER_MS = 6_000;
/** As many as a cluster may have, in 20 pools of 1,000 (its schema); what reports beyond is none of ours. */
const WORKERS_MAX = 20_000;
/** One empty look may fall between two actions. */
const EMPTY_REPORTS = 2;

export class WorkerRegistry {
  readonly #workers = new Map<string, Known>();
  /** Undefined until the cluster's status has been read. */
  #draining: ReadonlySet<string> | undefined;

  setDraining(workers: ReadonlySet<string>): void {
    this.#draining = workers;
  }

  /**
   * @param now milliseconds
   * @returns undefined while nobody knows who is to drain: a worker that is told that it may go on can't be told later that it may not
   */
  report(report: WorkerReport, now: number): WorkerAnswer | undefined {
    const before = this.#workers.get(report.name);
    const draining = this.#isDraining(report.name);
    const answer = this.#draining && { draining };
    if (!before && this.#workers.size >= WORKERS_MAX) return answer;
    this.#workers.set(report.name, {
      report,
      heardAt: now,
      hasSpoken: before?.hasSpoken === true || report.running !== null,
      emptyReports: draining && report.running === 0 ? (before?.emptyReports ?? 0) + 1 : 0,
    });
    return answer;
  }

  /** @param now milliseconds. What is not known counts as busy. */
  workers(now: number): ActivityWorker[] {
    for (const [name, { heardAt }] of this.#workers) if (now - heardAt > FORGOTTEN_AFTER_MS) this.#workers.delete(name);
    return [...this.#workers.values()].filter(({ hasSpoken }) => hasSpoken).map((known) => this.#load(known, now));
  }

  #isDraining(name: string): boolean {
    return this.#draining?.has(name) ?? false;
  }

  #load({ report, heardAt, emptyReports }: Known, now: number): ActivityWorker {
    const { name, pool, slots, running, actions, busyMs } = report;
    const draining = this.#isDraining(name);
    const drained = draining && emptyReports >= EMPTY_REPORTS && !report.protected;
    const load = { name, pool, slots, running: running ?? slots, draining, drained, actions, busyMs };
    return now - heardAt > LOST_AFTER_MS ? { ...load, lost: true } : load;
  }
}
