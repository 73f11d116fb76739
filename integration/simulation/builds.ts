/** Builds: each takes its lease first, then waits for a status that lets it start, keeps workers busy, and gives the lease back. */

import { leaseKey } from '../../config-schema/keys.ts';
import type { Farm } from './farm.ts';
import type { SimulatedServer } from './farm-server.ts';
import { type BuildEvent, record } from './history.ts';
import { readinessOf } from './readiness.ts';
import { DEFAULT_CLUSTER, type Step } from './story.ts';
import type { SimulatedWorld } from './world.ts';

type BuildStep = Extract<Step, { do: 'build' }>;

export interface Builds {
  begin(step: BuildStep): void;
  statusWritten(cluster: string): void;
  serverChanged(cluster: string): void;
}

/** As `cli/lease/lease.ts` and `cli/bazel/build.ts` have them. */
const TTL_SECONDS = 90;
const RENEWALS_PER_TTL = 3;
const WAIT_MS = 10 * 60_000;
/** Between two looks of `bbf build` at the status. */
const LOOK_MS = 1_000;
/** How long actions take. */
const ACTION_MS = { least: 5_000, most: 60_000 };

interface Build {
  step: BuildStep;
  cluster: string;
  pool: string;
  workers: number;
  ttlSeconds: number;
  begunAt: number;
  state: 'waits' | 'runs' | 'over';
  server: SimulatedServer | undefined;
  running: Set<string>;
  actions: number;
  endsAt: number;
}

export const createBuilds = (world: SimulatedWorld, farm: Farm): Builds => new AllBuilds(world, farm);

class AllBuilds implements Builds {
  readonly #world: SimulatedWorld;
  readonly #farm: Farm;
  readonly #builds = new Map<string, Build>();

  constructor(world: SimulatedWorld, farm: Farm) {
    this.#world = world;
    this.#farm = farm;
  }

  begin(step: BuildStep): void {
    const build = newBuild(step, this.#world.now());
    this.#builds.set(nameOf(build), build);
    this.#putLease(build);
    this.#note(build, 'lease');
    this.#lookIn(build, LOOK_MS * this.#world.chance());
    this.#after(build, 'patience', WAIT_MS, () => build.state === 'waits' && this.#end(build, 'gave-up'));
    if (step.diesAfterMs !== undefined) this.#after(build, 'death', step.diesAfterMs, () => this.#end(build, 'died'));
  }

  statusWritten(cluster: string): void {
    for (const build of this.#builds.values()) {
      if (build.cluster === cluster && build.state === 'waits') this.#lookIn(build, LOOK_MS * this.#world.chance());
    }
  }

  serverChanged(cluster: string): void {
    for (const build of [...this.#builds.values()]) {
      if (build.cluster !== cluster) continue;
      if (build.state === 'waits') this.#lookIn(build, LOOK_MS);
      else if (!build.server?.listens) this.#end(build, 'broken');
    }
  }

  #after(build: Build, what: string, ms: number, run: () => void): void {
    this.#world.clock.schedule(timerOf(build, what), this.#world.now() + Math.round(ms), run);
  }

  #note(build: Build, what: BuildEvent['what']): void {
    const { cluster, pool, workers, ttlSeconds } = build;
    const at = this.#world.now();
    record(this.#world.history, 'builds', { at, cluster, build: build.step.id, what, pool, workers, ttlSeconds });
  }

  #putLease(build: Build): void {
    const { step, cluster } = build;
    this.#world.put(leaseKey(cluster, step.id), JSON.stringify(leaseOf(build)));
    const now = this.#world.now();
    this.#after(build, 'renewal', renewsAt(build, now) - now, () => {
      this.#putLease(build);
      this.#note(build, 'renewed');
    });
  }

  #lookIn(build: Build, ms: number): void {
    this.#after(build, 'look', ms, () => this.#look(build));
  }

  #look(build: Build): void {
    if (build.state !== 'waits') return;
    const { verdict, why } = readinessOf(this.#world, build.cluster, build.pool, build.workers, build.step.id);
    const server = this.#farm.server(build.cluster);
    if (verdict === 'hopeless') this.#end(build, 'hopeless');
    else if (verdict === 'ready' && server?.endpoint === why) this.#run(build, server);
  }

  #run(build: Build, server: SimulatedServer): void {
    build.state = 'runs';
    build.server = server;
    build.endsAt = this.#world.now() + build.step.forMs;
    this.#note(build, 'ready');
    const jobs = build.step.jobs ?? build.workers;
    for (let job = 0; job < jobs; job++) this.#submit(build);
    this.#after(build, 'end', build.step.forMs, () => this.#end(build, 'released'));
  }

  #submit(build: Build): void {
    if (build.state !== 'runs' || this.#world.now() >= build.endsAt || !build.server?.listens) return;
    build.actions += 1;
    const { least, most } = ACTION_MS;
    const name = `${build.step.id}/${build.actions}`;
    build.running.add(name);
    const done = () => {
      build.running.delete(name);
      // In the next instant: the scheduler is at work on this one.
      this.#after(build, `next/${name}`, 1, () => this.#submit(build));
    };
    const durationMs = Math.round(least + this.#world.chance() * (most - least));
    build.server.submit(name, build.pool, { durationMs, done });
  }

  #end(build: Build, what: BuildEvent['what']): void {
    if (build.state === 'over') return;
    build.state = 'over';
    const { clock, services, bucket } = this.#world;
    for (const timer of ['renewal', 'end', 'look', 'patience', 'death']) clock.cancel(timerOf(build, timer));
    if (build.server?.listens) build.server.abandon([...build.running]);
    this.#builds.delete(nameOf(build));
    this.#note(build, what);
    if (what === 'died') return;
    services.s3.deleteObject({ bucket, key: leaseKey(build.cluster, build.step.id) });
  }
}

function newBuild(step: BuildStep, begunAt: number): Build {
  return {
    step,
    cluster: step.cluster ?? DEFAULT_CLUSTER,
    pool: step.pool ?? 'default',
    workers: step.workers ?? 1,
    ttlSeconds: step.ttlSeconds ?? TTL_SECONDS,
    begunAt,
    state: 'waits',
    server: undefined,
    running: new Set(),
    actions: 0,
    endsAt: 0,
  };
}

const nameOf = ({ cluster, step }: Build) => `${cluster}/${step.id}`;
const timerOf = (build: Build, what: string) => `simulation/build/${nameOf(build)}/${what}`;

function leaseOf({ step, pool, workers, ttlSeconds }: Build) {
  const pools = { [pool]: { workers } };
  const common = { apiVersion: 'bbf/v1', kind: 'Lease', id: step.id };
  return { ...common, holder: 'somebody', purpose: 'build', pools, ttlSeconds };
}

/** When a lease that is written now is written again: in time, or as soon as its build's machine wakes. */
function renewsAt({ step, begunAt, ttlSeconds }: Build, now: number): number {
  const due = now + (ttlSeconds * 1000) / RENEWALS_PER_TTL;
  if (!step.suspended) return due;
  const from = begunAt + step.suspended.afterMs;
  const wakesAt = from + step.suspended.forMs;
  return due >= from && due < wakesAt ? wakesAt : due;
}
