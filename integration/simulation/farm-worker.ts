/** A worker of the simulation: polls its server, runs what it is given, and guards its task from scale-in as `local/farm/worker` does. */

import { createScaleInGuard, ProtectionRefused, type ScaleInGuard } from '../../duties/scale-in-guard.ts';
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

export const createFarmWorker = (world: SimulatedWorld, place: WorkerPlace): SimulatedWorker =>
  new Worker(world, place);

class Worker implements SimulatedWorker {
  readonly task: string;
  readonly cluster: string;
  readonly pool: string;
  readonly #world: SimulatedWorld;
  readonly #slots: number;
  readonly #giveUp: () => void;
  readonly #knowsNoWayBack: boolean;
  readonly #guard: ScaleInGuard;
  /** When each action that runs here will be done. */
  readonly #jobs = new Map<string, number>();
  #server: SimulatedServer | undefined;
  #stopping = false;
  #ended = false;
  #paused = false;
  #drainsSince: number | undefined;

  constructor(world: SimulatedWorld, { task, cluster, pool, slots, giveUp }: WorkerPlace) {
    this.task = task;
    this.cluster = cluster;
    this.pool = pool;
    this.#world = world;
    this.#slots = slots;
    this.#giveUp = giveUp;
    this.#knowsNoWayBack = world.story.engine === 'buildfarm';
    this.#guard = createScaleInGuard(
      async (on) => this.#protect(on),
      () => world.now(),
      () => {},
    );
  }

  get connected(): boolean {
    return this.#server !== undefined;
  }

  get protected(): boolean {
    return this.#guard.protected();
  }

  start(): void {
    this.#guarded(this.#guard.begin());
    this.#lookAlone();
  }

  connect(server: SimulatedServer): void {
    if (this.#server || this.#ended) return;
    this.#server = server;
    this.#cancel('alone');
    // What another server gave is nothing to this one: it would cancel it.
    for (const name of [...this.#jobs.keys()]) this.#drop(name);
    this.#poll();
  }

  lose(server: SimulatedServer): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    this.#lookAlone();
  }

  stop(): void {
    this.#stopping = true;
    this.#cancel('renewal');
  }

  end(): void {
    this.#ended = true;
    for (const name of [...this.#jobs.keys()]) this.#drop(name);
    for (const what of ['orders', 'poll', 'renewal', 'alone']) this.#cancel(what);
    this.#server?.disconnected(this.task);
  }

  running(): number {
    return this.#jobs.size;
  }

  busyMs(): number {
    return Math.max(0, ...[...this.#jobs.values()].map((endsAt) => endsAt - this.#world.now()));
  }

  drained(): boolean {
    return this.#server?.isDrained(this.task) ?? false;
  }

  #after(what: string, ms: number, run: () => void): void {
    this.#world.clock.schedule(this.#key(what), this.#world.now() + ms, run);
  }

  #cancel(what: string): void {
    this.#world.clock.cancel(this.#key(what));
  }

  #key(what: string): string {
    return `simulation/worker/${this.task}/${what}`;
  }

  /** @throws ProtectionRefused when ECS answers with a failure */
  #protect(on: boolean): void {
    if (this.#ended) return;
    if (!on) this.#paused = this.#knowsNoWayBack;
    const { protectedTasks, failures } = this.#askForProtection(on);
    if (protectedTasks[0]?.protectionEnabled !== on) throw new ProtectionRefused(failures[0]?.reason ?? 'no reason');
    this.#cancel('renewal');
    if (on) this.#renewLater();
  }

  #askForProtection(on: boolean) {
    const expiry = on ? { expiresInMinutes: EXPIRES_MINUTES } : {};
    const input = { cluster: INSTALLATION, tasks: [this.task], protectionEnabled: on, ...expiry };
    return this.#world.services.ecs.updateTaskProtection(input);
  }

  #renewLater(): void {
    this.#after('renewal', RENEW_MS, () => {
      this.#askForProtection(true);
      this.#renewLater();
    });
  }

  /** The guard answers later, though at the same instant. */
  #guarded(change: Promise<void>, then: () => void = () => {}): void {
    this.#world.stir();
    void change.then(then);
  }

  #lookAlone(): void {
    this.#after('alone', ALONE_LOOK_MS, () => {
      if (this.#ended || this.#server) return;
      this.#guarded(this.#guard.unanswered({ idle: this.#jobs.size === 0 }));
      this.#lookAlone();
    });
  }

  #poll(): void {
    if (!this.#server || this.#ended) return;
    const answer = (orders: Orders<Work, boolean>) => this.#after('orders', NETWORK_MS, () => this.#obey(orders));
    this.#server.poll(this.#report(), this.#paused, { answer });
  }

  #report(): WorkerReport {
    return {
      name: this.task,
      incarnation: this.task,
      pool: this.pool,
      platform: { OSFamily: 'linux', Pool: this.pool },
      slots: this.#slots,
      running: [...this.#jobs.keys()],
      accepts: !this.#stopping && !this.#paused && this.#guard.accepts(),
      protected: this.#guard.protected(),
    };
  }

  #obey(orders: Orders<Work, boolean>): void {
    if (this.#ended || !this.#server) return;
    for (const name of orders.cancel) this.#drop(name);
    for (const job of orders.start) this.#run(job.name, job.work);
    const { draining } = orders;
    if (this.#paused && !draining) this.#giveUp();
    const now = this.#world.now();
    this.#drainsSince = draining ? (this.#drainsSince ?? now) : undefined;
    const idle = this.#jobs.size === 0;
    const isDue = idle || now - (this.#drainsSince ?? now) >= PAUSED_AFTER_MS;
    this.#paused ||= draining && this.#knowsNoWayBack && isDue;
    this.#guarded(this.#guard.answered({ draining, idle }), () => this.#after('poll', NETWORK_MS, () => this.#poll()));
  }

  #drop(name: string): void {
    this.#jobs.delete(name);
    this.#cancel(`job/${name}`);
  }

  #run(name: string, work: Work): void {
    this.#jobs.set(name, this.#world.now() + work.durationMs);
    this.#after(`job/${name}`, work.durationMs, () => {
      this.#jobs.delete(name);
      for (const next of this.#server?.finished(this.task, name, work.durationMs) ?? [])
        this.#run(next.name, next.work);
    });
  }
}
