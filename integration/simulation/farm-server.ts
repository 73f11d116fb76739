/** A build server of the simulation: the farm's own scheduler, its activity report and its draining orders, without a wire. */

import type { Activity } from '../../config-schema/documents.ts';
import { activityKey, statusKey } from '../../config-schema/keys.ts';
import { AT_LEAST_MS, activityOf, COUNTS_MS, isNews } from '../../duties/activity.ts';
import { drainingIn } from '../../duties/orders.ts';
import type { Orders, WorkerReport } from '../../local/farm/scheduler/job.ts';
import { Scheduler } from '../../local/farm/scheduler/scheduler.ts';
import type { Story } from './story.ts';
import type { SimulatedWorld } from './world.ts';

/** What a build wants done. */
export interface Work {
  durationMs: number;
  /** False: the action was given up. */
  done(succeeded: boolean): void;
}

/** A worker's side of an open poll. */
interface Poller {
  answer(orders: Orders<Work, boolean>): void;
}

export interface SimulatedServer {
  readonly task: string;
  readonly cluster: string;
  readonly endpoint: string;
  readonly listens: boolean;
  listen(): void;
  end(): void;
  readStatus(): void;
  submit(name: string, pool: string, work: Work): void;
  /** Nobody waits for these actions any more. */
  abandon(names: string[]): void;
  poll(report: WorkerReport, isPaused: boolean, poller: Poller): void;
  finished(worker: string, job: string, busyMs: number): Orders<Work, boolean>['start'];
  disconnected(worker: string): void;
  isDrained(worker: string): boolean;
}

/** As `local/farm/server/farm-server.ts` sets them. */
const FARM_TIMES = {
  pollTimeoutMs: 10_000,
  disconnectGraceMs: 2_000,
  unwantedMs: 5_000,
  rememberMs: 60_000,
  restMs: 3_000,
};
/** As `images/agent/worker-registry.ts` misses and forgets workers, and Buildfarm's server gives their actions to others. */
const BUILDFARM_TIMES = { ...FARM_TIMES, pollTimeoutMs: 30_000, disconnectGraceMs: 30_000 };
const BUILDFARM_SILENCE_MS = 6_000;

/** Milliseconds from the end of a worker to when its farm misses it. */
export const durationOfSilence = ({ engine }: Pick<Story, 'engine'>): number =>
  engine === 'buildfarm' ? BUILDFARM_SILENCE_MS : 0;

const MAX_LOSSES = 3;
const DRAINING_POLL_MS = 500;
const POLL_MS = 20_000;
/** As `duties/activity-report.ts` reports. */
const CHECK_MS = 1_000;

interface ServerPlace {
  task: string;
  cluster: string;
  endpoint: string;
}

type Times = typeof FARM_TIMES;

export const createFarmServer = (world: SimulatedWorld, place: ServerPlace): SimulatedServer =>
  new Server(world, place);

class Server implements SimulatedServer {
  readonly task: string;
  readonly cluster: string;
  readonly endpoint: string;
  readonly #world: SimulatedWorld;
  readonly #startedAt: number;
  readonly #times: Times;
  readonly #silenceMs: number;
  readonly #knowsPauses: boolean;
  readonly #scheduler: Scheduler<Work, boolean>;
  readonly #polls = new Map<string, Poller>();
  /** When connections of workers broke. */
  readonly #brokenAt = new Map<string, number>();
  readonly #paused = new Set<string>();
  /** Who is to drain. */
  #asked: ReadonlySet<string> = new Set();
  #listens = false;
  #reported: { activity: Activity; at: number } | undefined;

  constructor(world: SimulatedWorld, { task, cluster, endpoint }: ServerPlace) {
    this.task = task;
    this.cluster = cluster;
    this.endpoint = endpoint;
    this.#world = world;
    this.#startedAt = world.now();
    this.#knowsPauses = world.story.engine === 'buildfarm';
    this.#times = this.#knowsPauses ? BUILDFARM_TIMES : FARM_TIMES;
    this.#silenceMs = durationOfSilence(world.story);
    this.#scheduler = this.#newScheduler();
  }

  get listens(): boolean {
    return this.#listens;
  }

  listen(): void {
    this.#listens = true;
    this.#report();
  }

  end(): void {
    this.#listens = false;
    this.#polls.clear();
    for (const what of ['changed', 'report', 'tick']) this.#world.clock.cancel(this.#key(what));
  }

  readStatus(): void {
    const text = this.#listens ? this.#world.text(statusKey(this.cluster)) : undefined;
    if (text === undefined) return;
    const before = this.#asked;
    this.#asked = drainingIn(text);
    this.#withhold();
    for (const worker of [...this.#polls.keys()])
      if (this.#asked.has(worker) !== before.has(worker)) this.#answerEmpty(worker);
    this.#changed();
  }

  submit(name: string, pool: string, work: Work): void {
    const platform = [{ name: 'Pool', value: pool }];
    this.#scheduler.attach(this.#scheduler.submit({ name, mergeKey: null, platform, work }, this.#world.now()));
  }

  abandon(names: string[]): void {
    for (const name of names) {
      const job = this.#scheduler.job(name);
      if (job && job.state !== 'done') this.#scheduler.detach(job, this.#world.now());
    }
    this.#after('tick', this.#times.unwantedMs, () => this.#listens && this.#scheduler.tick(this.#world.now()));
  }

  poll(report: WorkerReport, isPaused: boolean, poller: Poller): void {
    const worker = report.name;
    if (isPaused && !this.#paused.has(worker)) {
      this.#paused.add(worker);
      this.#withhold();
    }
    this.#scheduler.synchronize(report, this.#world.now());
    this.#polls.set(worker, poller);
    const draining = this.#asked.has(worker);
    // A drained worker's polls would tell nothing new; an order wakes it.
    const quiet = draining && this.isDrained(worker);
    const openMs = draining ? DRAINING_POLL_MS : POLL_MS;
    if (!quiet) this.#after(`poll/${worker}`, openMs, () => this.#answerEmpty(worker));
    this.#deliver(worker);
    this.#changed();
  }

  finished(worker: string, job: string, busyMs: number): Orders<Work, boolean>['start'] {
    this.#scheduler.finish(worker, job, true, this.#world.now(), busyMs);
    return this.#scheduler.takeWork(worker, this.#world.now());
  }

  disconnected(worker: string): void {
    this.#polls.delete(worker);
    this.#brokenAt.set(worker, this.#world.now());
    this.#after(`lost/${worker}`, this.#silenceMs, () => this.#changed());
    this.#scheduler.disconnected(worker, this.#world.now());
    this.#tickSoon();
  }

  isDrained(worker: string): boolean {
    return this.#scheduler.demand().workers.some(({ name, drained }) => name === worker && drained);
  }

  #newScheduler(): Scheduler<Work, boolean> {
    return new Scheduler<Work, boolean>(
      {
        ...this.#times,
        maxLosses: MAX_LOSSES,
        givenUp: () => false,
        unwanted: () => false,
        onChange: (job) => {
          if (job.state === 'done') job.work.done(job.outcome ?? false);
          this.#changed();
        },
        onOrders: (worker) => this.#deliver(worker),
      },
      this.#startedAt,
    );
  }

  #key(what: string): string {
    return `simulation/server/${this.task}/${what}`;
  }

  #after(what: string, ms: number, run: () => void): void {
    this.#world.clock.schedule(this.#key(what), this.#world.now() + ms, run);
  }

  /** Something may be worth telling: at most one look a second. */
  #changed(): void {
    const at = Math.max(this.#world.now() + 1, (this.#reported?.at ?? 0) + CHECK_MS);
    if (this.#listens) this.#world.clock.schedule(this.#key('changed'), at, () => this.#report());
  }

  #current(now: number): Activity {
    const { task: taskId, endpoint } = this;
    const demand = this.#scheduler.demand();
    const workers = demand.workers.map(({ lost, ...load }) => {
      const worker = { ...load, draining: this.#asked.has(load.name) };
      const isMissed = lost && now >= (this.#brokenAt.get(worker.name) ?? 0) + this.#silenceMs;
      return isMissed ? { ...worker, lost } : worker;
    });
    const totals = { executed: 0, cacheHits: 0, cacheMisses: 0, requeued: demand.requeued };
    return activityOf({ taskId, endpoint, startedAt: this.#startedAt }, { ...demand, workers }, totals, now);
  }

  #report(): void {
    if (!this.#listens) return;
    const now = this.#world.now();
    this.#scheduler.tick(now);
    const activity = this.#current(now);
    const isDue = !this.#reported || isNews(activity, this.#reported.activity, now - this.#reported.at);
    if (isDue && now >= this.#world.weather.silentUntil) {
      this.#world.put(activityKey(this.cluster), `${JSON.stringify(activity)}\n`);
      this.#reported = { activity, at: now };
    }
    // What is told later is looked at then; a report that is a second old may be told again.
    const reported = isDue ? undefined : this.#reported;
    const next = reported ? Math.max(now + CHECK_MS, reported.at + COUNTS_MS) : now + AT_LEAST_MS;
    this.#world.clock.schedule(this.#key('report'), next, () => this.#report());
  }

  #deliver(worker: string): void {
    if (!this.#polls.has(worker)) return;
    const orders = this.#scheduler.takeOrders(worker, this.#world.now());
    if (orders) this.#answer(worker, { ...orders, draining: this.#asked.has(worker) });
  }

  /** Buildfarm gives work to whoever has not paused. */
  #withhold(): void {
    const asked = this.#asked;
    const withheld = this.#knowsPauses ? new Set([...asked].filter((name) => this.#paused.has(name))) : asked;
    this.#scheduler.setDraining(withheld);
  }

  #answerEmpty(worker: string): void {
    if (!this.#polls.has(worker)) return;
    this.#scheduler.answered(worker, this.#world.now());
    this.#answer(worker, { start: [], cancel: [], draining: this.#asked.has(worker) });
  }

  #answer(worker: string, orders: Orders<Work, boolean>): void {
    const poller = this.#polls.get(worker);
    this.#polls.delete(worker);
    this.#world.clock.cancel(this.#key(`poll/${worker}`));
    poller?.answer(orders);
  }

  #tickSoon(): void {
    this.#after('tick', Math.max(this.#times.disconnectGraceMs, this.#times.restMs) + 500, () => {
      if (!this.#listens) return;
      this.#scheduler.tick(this.#world.now());
      this.#changed();
    });
  }
}
