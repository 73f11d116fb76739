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

export function createBuilds(world: SimulatedWorld, farm: Farm): Builds {
  const builds = new Map<string, Build>();
  const nameOf = ({ cluster, step }: Build) => `${cluster}/${step.id}`;
  const key = (build: Build, what: string) => `simulation/build/${nameOf(build)}/${what}`;
  const after = (build: Build, what: string, ms: number, run: () => void) =>
    world.clock.schedule(key(build, what), world.now() + Math.round(ms), run);

  function note(build: Build, what: BuildEvent['what']): void {
    const { cluster, pool, workers, ttlSeconds } = build;
    record(world.history, 'builds', {
      at: world.now(),
      cluster,
      build: build.step.id,
      what,
      pool,
      workers,
      ttlSeconds,
    });
  }
  function putLease(build: Build): void {
    const { step, cluster, pool, workers, ttlSeconds } = build;
    const pools = { [pool]: { workers } };
    const lease = {
      apiVersion: 'bbf/v1',
      kind: 'Lease',
      id: step.id,
      holder: 'somebody',
      purpose: 'build',
      pools,
      ttlSeconds,
    };
    world.put(leaseKey(cluster, step.id), JSON.stringify(lease));
    after(build, 'renewal', untilRenewal(build), () => {
      putLease(build);
      note(build, 'renewed');
    });
  }
  function untilRenewal({ step, begunAt, ttlSeconds }: Build): number {
    const due = world.now() + (ttlSeconds * 1000) / RENEWALS_PER_TTL;
    if (!step.suspended) return due - world.now();
    const from = begunAt + step.suspended.afterMs;
    const wakesAt = from + step.suspended.forMs;
    return (due >= from && due < wakesAt ? wakesAt : due) - world.now();
  }
  function look(build: Build): void {
    if (build.state !== 'waits') return;
    const { verdict, why } = readinessOf(world, build.cluster, build.pool, build.workers, build.step.id);
    const server = farm.server(build.cluster);
    if (verdict === 'hopeless') over(build, 'hopeless');
    else if (verdict === 'ready' && server?.endpoint === why) run(build, server);
  }
  function run(build: Build, server: SimulatedServer): void {
    build.state = 'runs';
    build.server = server;
    build.endsAt = world.now() + build.step.forMs;
    note(build, 'ready');
    const jobs = build.step.jobs ?? build.workers;
    for (let job = 0; job < jobs; job++) submit(build);
    after(build, 'end', build.step.forMs, () => over(build, 'released'));
  }
  function submit(build: Build): void {
    if (build.state !== 'runs' || world.now() >= build.endsAt || !build.server?.listens) return;
    build.actions += 1;
    const { least, most } = ACTION_MS;
    const name = `${build.step.id}/${build.actions}`;
    build.running.add(name);
    const done = () => {
      build.running.delete(name);
      // In the next instant: the scheduler is at work on this one.
      after(build, `next/${name}`, 1, () => submit(build));
    };
    build.server.submit(name, build.pool, { durationMs: Math.round(least + world.chance() * (most - least)), done });
  }
  function over(build: Build, what: BuildEvent['what']): void {
    if (build.state === 'over') return;
    build.state = 'over';
    for (const timer of ['renewal', 'end', 'look', 'patience', 'death']) world.clock.cancel(key(build, timer));
    if (build.server?.listens) build.server.abandon([...build.running]);
    builds.delete(nameOf(build));
    note(build, what);
    if (what === 'died') return;
    const { cluster, step } = build;
    world.services.s3.deleteObject({ bucket: world.bucket, key: leaseKey(cluster, step.id) });
  }

  return {
    begin(step) {
      const build: Build = {
        step,
        cluster: step.cluster ?? DEFAULT_CLUSTER,
        pool: step.pool ?? 'default',
        workers: step.workers ?? 1,
        ttlSeconds: step.ttlSeconds ?? TTL_SECONDS,
        begunAt: world.now(),
        state: 'waits',
        server: undefined,
        running: new Set(),
        actions: 0,
        endsAt: 0,
      };
      builds.set(nameOf(build), build);
      putLease(build);
      note(build, 'lease');
      after(build, 'look', LOOK_MS * world.chance(), () => look(build));
      after(build, 'patience', WAIT_MS, () => build.state === 'waits' && over(build, 'gave-up'));
      if (step.diesAfterMs !== undefined) after(build, 'death', step.diesAfterMs, () => over(build, 'died'));
    },
    statusWritten(cluster) {
      for (const build of builds.values()) {
        if (build.cluster === cluster && build.state === 'waits')
          after(build, 'look', LOOK_MS * world.chance(), () => look(build));
      }
    },
    serverChanged(cluster) {
      for (const build of [...builds.values()]) {
        if (build.cluster !== cluster) continue;
        if (build.state === 'waits') after(build, 'look', LOOK_MS, () => look(build));
        else if (!build.server?.listens) over(build, 'broken');
      }
    },
  };
}
