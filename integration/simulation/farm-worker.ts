/** A worker of the simulation: polls its server, runs what it is given, and guards its task from scale-in as `local/farm/worker` does. */

import { createScaleInGuard, ProtectionRefused } from '../../duties/scale-in-guard.ts';
import type { Orders, WorkerReport } from '../../local/farm/scheduler/job.ts';
import type { SimulatedServer, Work } from './farm-server.ts';
import { INSTALLATION } from './foundation.ts';
import type { SimulatedWorld } from './world.ts';

export interface SimulatedWorker {
  readonly task: string;
  readonly cluster: string;
  readonly pool: string;
  readonly connected: boolean;
  readonly protected: boolean;
  start(): void;
  connect(server: SimulatedServer): void;
  /** That server is gone. */
  lose(server: SimulatedServer): void;
  /** SIGTERM: takes nothing new. */
  stop(): void;
  end(): void;
  /** Actions that it runs now. */
  running(): number;
  /** Until the last of them is done. */
  busyMs(): number;
  drained(): boolean;
}

/** As `duties/task-protection.ts` has them. */
const EXPIRES_MINUTES = 60;
const RENEW_MS = 20 * 60_000;
/** As `images/agent/worker-care.ts` pauses one that is never empty. */
const PAUSED_AFTER_MS = 3_600_000;
/** A worker without a server looks for one at least this often, and thinks of its protection each time. */
const ALONE_LOOK_MS = 30_000;
/** One way over the network. */
const NETWORK_MS = 5;

interface WorkerPlace {
  task: string;
  cluster: string;
  pool: string;
  slots: number;
  /** Ends its task, as SIGTERM would. */
  giveUp(): void;
}

export function createFarmWorker(world: SimulatedWorld, place: WorkerPlace): SimulatedWorker {
  const { task, cluster, pool, slots, giveUp } = place;
  const knowsNoWayBack = world.story.engine === 'buildfarm';
  const { clock } = world;
  const jobs = new Map<string, { endsAt: number; work: Work; startedAt: number }>();
  const key = (what: string) => `simulation/worker/${task}/${what}`;
  const after = (what: string, ms: number, run: () => void) => clock.schedule(key(what), world.now() + ms, run);
  let server: SimulatedServer | undefined;
  let stopping = false;
  let ended = false;
  let paused = false;
  let drainsSince: number | undefined;

  function askForProtection(on: boolean) {
    const expiry = on ? { expiresInMinutes: EXPIRES_MINUTES } : {};
    const input = { cluster: INSTALLATION, tasks: [task], protectionEnabled: on, ...expiry };
    return world.services.ecs.updateTaskProtection(input);
  }
  function protect(on: boolean): void {
    const { protectedTasks, failures } = askForProtection(on);
    if (protectedTasks[0]?.protectionEnabled !== on) throw new ProtectionRefused(failures[0]?.reason ?? 'no reason');
  }
  function renew(): void {
    askForProtection(true);
    after('renewal', RENEW_MS, renew);
  }
  const guard = createScaleInGuard(
    async (on) => {
      if (ended) return;
      if (!on) paused = knowsNoWayBack;
      protect(on);
      clock.cancel(key('renewal'));
      if (on) after('renewal', RENEW_MS, renew);
    },
    () => world.now(),
    () => {},
  );
  /** The guard answers later, though at the same instant. */
  function guarded(change: Promise<void>, then: () => void = () => {}): void {
    world.stir();
    void change.then(then);
  }
  const accepts = () => !stopping && !paused && guard.accepts();

  function report(): WorkerReport {
    const platform = { OSFamily: 'linux', Pool: pool };
    const running = [...jobs.keys()];
    return {
      name: task,
      incarnation: task,
      pool,
      platform,
      slots,
      running,
      accepts: accepts(),
      protected: guard.protected(),
    };
  }
  function poll(): void {
    if (!server || ended) return;
    server.poll(report(), paused, { answer: (orders) => void after('orders', NETWORK_MS, () => obey(orders)) });
  }
  function obey(orders: Orders<Work, boolean>): void {
    if (ended || !server) return;
    for (const name of orders.cancel) drop(name);
    for (const job of orders.start) run(job.name, job.work);
    const { draining } = orders;
    if (paused && !draining) giveUp();
    drainsSince = draining ? (drainsSince ?? world.now()) : undefined;
    const isDue = jobs.size === 0 || world.now() - (drainsSince ?? world.now()) >= PAUSED_AFTER_MS;
    paused ||= draining && knowsNoWayBack && isDue;
    guarded(guard.answered({ draining, idle: jobs.size === 0 }), () => after('poll', NETWORK_MS, poll));
  }
  function drop(name: string): void {
    jobs.delete(name);
    clock.cancel(key(`job/${name}`));
  }
  function run(name: string, work: Work): void {
    jobs.set(name, { endsAt: world.now() + work.durationMs, startedAt: world.now(), work });
    after(`job/${name}`, work.durationMs, () => {
      jobs.delete(name);
      for (const next of server?.finished(task, name, work.durationMs) ?? []) run(next.name, next.work);
    });
  }
  function alone(): void {
    if (ended || server) return;
    guarded(guard.unanswered({ idle: jobs.size === 0 }));
    after('alone', ALONE_LOOK_MS, alone);
  }

  return {
    task,
    cluster,
    pool,
    get connected() {
      return server !== undefined;
    },
    get protected() {
      return guard.protected();
    },
    start() {
      guarded(guard.begin());
      after('alone', ALONE_LOOK_MS, alone);
    },
    connect(found) {
      if (server || ended) return;
      server = found;
      clock.cancel(key('alone'));
      // What another server gave is nothing to this one: it would cancel it.
      for (const name of [...jobs.keys()]) drop(name);
      poll();
    },
    lose(gone) {
      if (server !== gone) return;
      server = undefined;
      after('alone', ALONE_LOOK_MS, alone);
    },
    stop() {
      stopping = true;
      clock.cancel(key('renewal'));
    },
    end() {
      ended = true;
      for (const name of [...jobs.keys()]) drop(name);
      for (const what of ['orders', 'poll', 'renewal', 'alone']) clock.cancel(key(what));
      server?.disconnected(task);
    },
    running: () => jobs.size,
    busyMs: () => Math.max(0, ...[...jobs.values()].map(({ endsAt }) => endsAt - world.now())),
    drained: () => server?.isDrained(task) ?? false,
  };
}
