/** A worker: asks the server for orders, carries them out, reports, and finds the server again when it is gone. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScaleInGuard, type ScaleInGuard, type SetProtection } from '../../../duties/scale-in-guard.ts';
import type { TlsMaterial } from '../../../reconciler/access/tls-material.ts';
import { offeredProperties, type Properties } from '../scheduler/platform.ts';
import { CallError, Code } from '../wire/status.ts';
import { type ActionLimits, type ActionParts, type JobOrder, type JobReport, runAction } from './action-run.ts';
import { type Channel, methodOf, openChannel } from './channel.ts';
import { createDirectoryCache } from './directory-cache.ts';
import { InputCache } from './input-cache.ts';
import { createRemoteBlobs } from './remote-blobs.ts';
import { removeTree } from './remove-tree.ts';
import { createSpawner } from './spawner.ts';

interface FarmWorkerSettings {
  /** Unique among the cluster's workers; the ECS task id. */
  name: string;
  cluster: string;
  pool: string;
  /** What the pool declares. */
  platform: Properties;
  /** Actions at a time. */
  slots: number;
  /** For inputs and for the actions' own directories; created if need be. */
  directory: string;
  maxCacheBytes: number;
  limits: ActionLimits;
  /** Where the server is now, host:port, or null while there is none. */
  endpoint(): Promise<string | null>;
  /** Undefined behind a gateway, which does the TLS. */
  tls: TlsMaterial | undefined;
  /** Turns the task's protection from scale-in on and off; undefined where there is none. */
  setProtection: SetProtection | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  log(message: string, values: Record<string, unknown>): void;
}

export interface FarmWorker {
  /** New connections use these. */
  setTls(material: TlsMaterial): void;
  /** Takes nothing new from now on. */
  pause(): void;
  load(): WorkerLoad;
  /** Takes nothing new, lets what runs finish for so long, gives the rest back, and ends. */
  stop(graceMs: number): Promise<void>;
}

export interface WorkerLoad {
  /** Actions that it has, until the server knows their results. */
  running: number;
  /** Carried out since the start. */
  actions: number;
  busyMs: number;
  /** It takes nothing any more. */
  paused: boolean;
}

interface SynchronizeResponse {
  start: JobOrder[];
  cancel: string[];
  draining: boolean;
}

interface FinishResponse {
  start: JobOrder[];
}

const synchronize = methodOf('bbf.farm.v1.Workers', 'Synchronize');
const finish = methodOf('bbf.farm.v1.Workers', 'Finish');

/** The server answers within 20 s; more means that it is gone. */
const POLL_TIMEOUT_MS = 35_000;
const CHANNEL_CLOSE_MS = 60_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
/** In one message, which may have 16 MiB: each brings up to 64 KiB of small outputs and lists the others. */
const RESULTS_MAX = 16;

class Worker implements FarmWorker {
  readonly #settings: FarmWorkerSettings;
  readonly #incarnation = randomUUID();
  readonly #cache: InputCache;
  readonly #directories = createDirectoryCache();
  readonly #spawner = createSpawner();
  readonly #guard: ScaleInGuard;
  readonly #running = new Map<string, AbortController>();
  /** Done, but the server does not know it yet. */
  readonly #unreported = new Map<string, JobReport>();
  readonly #onTheirWay = new Set<JobReport>();
  readonly #reports = new Set<Promise<void>>();
  #tls: TlsMaterial | undefined;
  #channel: Channel | undefined;
  #poll = new AbortController();
  #stopping = false;
  #paused = false;
  #actions = 0;
  #busyMs = 0;
  #ended = false;
  #works = 0;

  constructor(settings: FarmWorkerSettings) {
    this.#settings = settings;
    this.#tls = settings.tls;
    const { directory, maxCacheBytes } = settings;
    rmSync(join(directory, 'work'), { recursive: true, force: true });
    mkdirSync(join(directory, 'work'), { recursive: true });
    this.#cache = new InputCache({ directory: join(directory, 'cache'), maxBytes: maxCacheBytes });
    this.#guard = createScaleInGuard(settings.setProtection, settings.now, settings.log);
  }

  /** Until `stop`. */
  async live(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    await this.#guard.begin();
    while (!this.#ended) {
      try {
        await this.#synchronize();
        wait = FIRST_RETRY_MS;
      } catch (error) {
        if (this.#poll.signal.aborted) continue;
        this.#lostServer(error);
        await this.#guard.unanswered({ idle: this.#running.size === 0 });
        await sleep(wait * (0.5 + Math.random()));
        wait = Math.min(wait * 2, LAST_RETRY_MS);
      }
    }
    this.#channel?.close();
  }

  setTls(material: TlsMaterial): void {
    this.#tls = material;
    const before = this.#channel;
    this.#channel = undefined;
    this.#poll.abort();
    // Transfers that use the old connection get time to end.
    setTimeout(() => before?.close(), CHANNEL_CLOSE_MS).unref();
  }

  pause(): void {
    this.#paused = true;
    this.#poll.abort();
  }

  load(): WorkerLoad {
    const running = new Set([...this.#running.keys(), ...this.#unreported.keys()]).size;
    return { running, actions: this.#actions, busyMs: this.#busyMs, paused: this.#paused };
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#poll.abort();
    const deadline = Date.now() + graceMs;
    while (this.#running.size + this.#unreported.size > 0 && Date.now() < deadline) await sleep(20);
    for (const job of this.#running.keys()) this.#unreported.set(job, { job, abandoned: true, blobs: [], busyMs: 0 });
    for (const controller of this.#running.values()) controller.abort();
    if (this.#channel) await this.#report(this.#channel).catch(() => {});
    this.#ended = true;
    this.#poll.abort();
    this.#spawner.close();
    await this.#guard.end();
  }

  async #connected(): Promise<Channel> {
    if (this.#channel) return this.#channel;
    const endpoint = await this.#settings.endpoint();
    if (!endpoint) throw new Error('the cluster has no running server yet');
    this.#settings.log('connecting', { endpoint });
    this.#channel = openChannel(endpoint, this.#settings.cluster, this.#tls);
    return this.#channel;
  }

  #lostServer(error: unknown): void {
    this.#settings.log('no server', { error: error instanceof Error ? error.message : String(error) });
    this.#channel?.close();
    this.#channel = undefined;
  }

  async #synchronize(): Promise<void> {
    const { name, pool, platform, slots } = this.#settings;
    this.#poll = new AbortController();
    const channel = await this.#connected();
    await this.#report(channel);
    await Promise.allSettled(this.#reports);
    const offered = Object.entries(offeredProperties(pool, platform, process.arch));
    const request = {
      name,
      pool,
      platform: { properties: offered.map(([key, value]) => ({ name: key, value })) },
      slots,
      running: [...new Set([...this.#running.keys(), ...this.#unreported.keys()])],
      accepts: !this.#stopping && !this.#paused && this.#guard.accepts(),
      protected: this.#guard.protected(),
      incarnation: this.#incarnation,
    };
    const options = { timeoutMs: POLL_TIMEOUT_MS, signal: this.#poll.signal };
    const orders = await channel.unary<SynchronizeResponse>(synchronize, request, options);
    for (const job of orders.cancel) this.#cancel(job);
    for (const order of orders.start) void this.#carryOut(order);
    const idle = this.#running.size + this.#unreported.size === 0;
    await this.#guard.answered({ draining: orders.draining, idle });
  }

  #cancel(job: string): void {
    this.#running.get(job)?.abort();
    this.#unreported.delete(job);
  }

  async #carryOut(order: JobOrder): Promise<void> {
    const controller = new AbortController();
    this.#running.set(order.name, controller);
    this.#works += 1;
    const directory = join(this.#settings.directory, 'work', String(this.#works));
    const report = await runAction(this.#parts(), order, directory, controller.signal);
    this.#running.delete(order.name);
    this.#actions += 1;
    this.#busyMs += report.busyMs;
    if (!this.#ended) this.#unreported.set(order.name, report);
    if (this.#channel) await this.#report(this.#channel).catch(() => {});
    await removeTree(directory).catch((error) =>
      this.#settings.log('left behind', { directory, error: String(error) }),
    );
  }

  /** The connection may be another one at the end of an action than at its beginning. */
  #current(): Channel {
    if (this.#channel) return this.#channel;
    throw new CallError(Code.UNAVAILABLE, 'there is no connection to the server at the moment');
  }

  #parts(): ActionParts {
    const { name, limits, now } = this.#settings;
    const remote = createRemoteBlobs(() => this.#current());
    return { name, limits, cache: this.#cache, directories: this.#directories, spawner: this.#spawner, remote, now };
  }

  /** Each result once at a time, as several actions may end together. */
  async #report(channel: Channel): Promise<void> {
    for (;;) {
      const waiting = [...this.#unreported.values()].filter((result) => !this.#onTheirWay.has(result));
      if (waiting.length === 0) return;
      await this.#sendOnce(channel, waiting.slice(0, RESULTS_MAX));
    }
  }

  async #sendOnce(channel: Channel, results: JobReport[]): Promise<void> {
    for (const result of results) this.#onTheirWay.add(result);
    const report = this.#send(channel, results);
    this.#reports.add(report);
    try {
      await report;
    } finally {
      this.#reports.delete(report);
      for (const result of results) this.#onTheirWay.delete(result);
    }
  }

  async #send(channel: Channel, results: JobReport[]): Promise<void> {
    const { start } = await channel.unary<FinishResponse>(finish, { worker: this.#settings.name, results });
    for (const result of results) {
      if (this.#unreported.get(result.job) === result) this.#unreported.delete(result.job);
    }
    for (const order of start) void this.#carryOut(order);
  }
}

export function createFarmWorker(settings: FarmWorkerSettings): FarmWorker {
  const worker = new Worker(settings);
  void worker.live();
  return worker;
}
