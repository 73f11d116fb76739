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

export function createFarmServer(world: SimulatedWorld, { task, cluster, endpoint }: ServerPlace): SimulatedServer {
  const { clock } = world;
  const startedAt = world.now();
  const times = world.story.engine === 'buildfarm' ? BUILDFARM_TIMES : FARM_TIMES;
  const silenceMs = durationOfSilence(world.story);
  const polls = new Map<string, Poller>();
  const key = (what: string) => `simulation/server/${task}/${what}`;
  /** When connections of workers broke. */
  const brokenAt = new Map<string, number>();
  const knowsPauses = world.story.engine === 'buildfarm';
  const paused = new Set<string>();
  /** Who is to drain. */
  let asked: ReadonlySet<string> = new Set();
  let listens = false;
  let reported: { activity: Activity; at: number } | undefined;

  const scheduler = new Scheduler<Work, boolean>(
    {
      ...times,
      maxLosses: MAX_LOSSES,
      givenUp: () => false,
      unwanted: () => false,
      onChange: (job) => {
        if (job.state === 'done') job.work.done(job.outcome ?? false);
        changed();
      },
      onOrders: (worker) => deliver(worker),
    },
    startedAt,
  );

  /** Something may be worth telling: at most one look a second. */
  function changed(): void {
    const at = Math.max(world.now() + 1, (reported?.at ?? 0) + CHECK_MS);
    if (listens) clock.schedule(key('changed'), at, report);
  }
  function current(): Activity {
    const demand = scheduler.demand();
    const workers = demand.workers.map(({ lost, ...load }) => {
      const worker = { ...load, draining: asked.has(load.name) };
      return lost && world.now() >= (brokenAt.get(worker.name) ?? 0) + silenceMs ? { ...worker, lost } : worker;
    });
    const totals = { executed: 0, cacheHits: 0, cacheMisses: 0, requeued: demand.requeued };
    return activityOf({ taskId: task, endpoint, startedAt }, { ...demand, workers }, totals, world.now());
  }
  function report(): void {
    if (!listens) return;
    scheduler.tick(world.now());
    const activity = current();
    const now = world.now();
    const isDue = !reported || isNews(activity, reported.activity, now - reported.at);
    if (isDue && now >= world.weather.silentUntil) {
      world.put(activityKey(cluster), `${JSON.stringify(activity)}\n`);
      reported = { activity, at: now };
    }
    // What is told later is looked at then; a report that is a second old may be told again.
    const next = isDue || !reported ? now + AT_LEAST_MS : Math.max(now + CHECK_MS, reported.at + COUNTS_MS);
    clock.schedule(key('report'), next, report);
  }
  function deliver(worker: string): void {
    const poller = polls.get(worker);
    const orders = poller && scheduler.takeOrders(worker, world.now());
    if (orders) answer(worker, { ...orders, draining: asked.has(worker) });
  }
  /** Buildfarm gives work to whoever has not paused. */
  function withhold(): void {
    scheduler.setDraining(knowsPauses ? new Set([...asked].filter((name) => paused.has(name))) : asked);
  }
  function answerEmpty(worker: string): void {
    if (!polls.has(worker)) return;
    scheduler.answered(worker, world.now());
    answer(worker, { start: [], cancel: [], draining: asked.has(worker) });
  }
  function answer(worker: string, orders: Orders<Work, boolean>): void {
    const poller = polls.get(worker);
    polls.delete(worker);
    clock.cancel(key(`poll/${worker}`));
    poller?.answer(orders);
  }
  function tickSoon(): void {
    const wait = Math.max(times.disconnectGraceMs, times.restMs) + 500;
    clock.schedule(key('tick'), world.now() + wait, () => {
      if (!listens) return;
      scheduler.tick(world.now());
      changed();
    });
  }

  return {
    task,
    cluster,
    endpoint,
    get listens() {
      return listens;
    },
    listen() {
      listens = true;
      report();
    },
    end() {
      listens = false;
      polls.clear();
      for (const what of ['changed', 'report', 'tick']) clock.cancel(key(what));
    },
    readStatus() {
      const text = listens ? world.text(statusKey(cluster)) : undefined;
      if (text === undefined) return;
      const before = asked;
      asked = drainingIn(text);
      withhold();
      for (const worker of [...polls.keys()]) if (asked.has(worker) !== before.has(worker)) answerEmpty(worker);
      changed();
    },
    submit(name, pool, work) {
      const platform = [{ name: 'Pool', value: pool }];
      scheduler.attach(scheduler.submit({ name, mergeKey: null, platform, work }, world.now()));
    },
    abandon(names) {
      for (const name of names) {
        const job = scheduler.job(name);
        if (job && job.state !== 'done') scheduler.detach(job, world.now());
      }
      clock.schedule(key('tick'), world.now() + times.unwantedMs, () => listens && scheduler.tick(world.now()));
    },
    poll(workerReport, isPaused, poller) {
      const worker = workerReport.name;
      if (isPaused && !paused.has(worker)) {
        paused.add(worker);
        withhold();
      }
      scheduler.synchronize(workerReport, world.now());
      polls.set(worker, poller);
      const draining = asked.has(worker);
      // A drained worker's polls would tell nothing new; an order wakes it.
      const quiet = draining && isDrained(worker);
      const openMs = draining ? DRAINING_POLL_MS : POLL_MS;
      if (!quiet) clock.schedule(key(`poll/${worker}`), world.now() + openMs, () => answerEmpty(worker));
      deliver(worker);
      changed();
    },
    finished(worker, job, busyMs) {
      scheduler.finish(worker, job, true, world.now(), busyMs);
      return scheduler.takeWork(worker, world.now());
    },
    disconnected(worker) {
      polls.delete(worker);
      brokenAt.set(worker, world.now());
      clock.schedule(key(`lost/${worker}`), world.now() + silenceMs, changed);
      scheduler.disconnected(worker, world.now());
      tickSoon();
    },
    isDrained,
  };

  function isDrained(worker: string): boolean {
    return scheduler.demand().workers.some(({ name, drained }) => name === worker && drained);
  }
}
