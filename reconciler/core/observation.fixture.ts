/** Observations for tests, from as few facts as a rule needs. */
import type { Activity, Lease, Spec, Status } from '../../config-schema/documents.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { poolShape } from '../../templates/pool.ts';
import { serverShape } from '../../templates/server.ts';
import { decide } from './decide.ts';
import type { Observation, Read, ServiceObservation, StackObservation } from './observation.ts';
import type { Action, ActionResult } from './plan.ts';
import { report } from './report.ts';
import { rests } from './stack-table.ts';

export const NOW = Date.parse('2026-11-23T09:00:00.000Z');
export const SERVER = serverStackName('bbf', 'main');
export const POOL = poolStackName('bbf', 'main', 'default');
export const minutes = (n: number) => n * 60_000;
export const iso = (at: number) => new Date(at).toISOString();
/** When every stack last changed. */
export const CHANGED_AT = iso(NOW - minutes(120));
/** The spec of a cluster whose one pool wants so many workers. */
export const want = (workers: number, more: object = {}) => ({ pools: { default: { workers } }, ...more });

const engine = { server: 'bbf/farm-server', worker: 'bbf/farm-worker' };

export function specOf(spec: object): Spec {
  const text = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
  const parsed = parseCluster(text, { cluster: 'main' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cluster.spec;
}

type Claim = number | Record<string, number>;

export interface Facts {
  spec?: object;
  now?: number;
  revision?: string;
  etag?: string;
  modifiedAt?: number;
  document?: Observation['document'];
  accepted?: Observation['accepted'];
  /** Workers claimed by live leases, of the pool `default` or by pool; null: unreadable. */
  leases?: Claim[] | null;
  /** Undefined: no report; null: unreadable. */
  activity?: Partial<Activity> | null;
  activityAge?: number;
  /** Counts as [desired, running]; undefined: no such service. */
  server?: [number, number];
  pool?: [number, number];
  services?: Observation['services'];
  /** Undefined: stacks are as the spec wants them. */
  stacks?: Observation['stacks'];
  status?: Status | null;
  /** Names of stacks; undefined: not listed in this pass. */
  inventory?: string[];
  publicAddresses?: boolean;
}

export function observation(facts: Facts): Observation {
  const now = facts.now ?? NOW;
  const spec = specOf(facts.spec ?? {});
  const revision = facts.revision ?? 'r1';
  return {
    now,
    installation: 'bbf',
    cluster: 'main',
    version: '0.0.0-test',
    defaultEngine: engine,
    publicAddresses: facts.publicAddresses ?? true,
    document: facts.document ?? {
      state: 'valid',
      revision,
      etag: facts.etag ?? `etag-${revision}`,
      modifiedAt: facts.modifiedAt ?? now - minutes(60),
      uid: 'u1',
      spec,
    },
    accepted: facts.accepted ?? null,
    leases:
      facts.leases === null
        ? { known: false, error: 'SlowDown' }
        : { known: true, value: leasesOf(facts.leases ?? [], now) },
    activity: activityOf(facts, now),
    status: facts.status ?? null,
    inventory: facts.inventory === undefined ? null : { known: true, value: facts.inventory },
    services: facts.services ?? {
      known: true,
      value: { [SERVER]: service(facts.server), [POOL]: service(facts.pool) },
    },
    stacks: facts.stacks ?? goodStacks(spec),
  };
}

type Service = Exclude<ServiceObservation, { state: 'absent' }>;

/** A service in good order, but for what the test says. */
export const serviceOf = (desired: number, running: number, facts: Partial<Service> = {}): Service => ({
  state: 'ACTIVE',
  desired,
  running,
  pending: 0,
  rollout: 'COMPLETED',
  rolloutReason: null,
  deployedAt: null,
  troubles: [],
  ...facts,
});

/** All services that ECS knows, by the short names that `line` gives them: `server`, or a pool. */
export const servicesOf = (services: Record<string, ServiceObservation>): Observation['services'] => ({
  known: true,
  value: Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name === 'server' ? SERVER : poolStackName('bbf', 'main', name),
      service,
    ]),
  ),
});

const service = (counts?: [number, number]): ServiceObservation =>
  counts ? serviceOf(...counts) : { state: 'absent' };

function leasesOf(claims: Claim[], now: number) {
  return claims.map((claim, i) => {
    const claimed = typeof claim === 'number' ? { default: claim } : claim;
    const lease: Lease = {
      apiVersion: 'bbf/v1',
      kind: 'Lease',
      id: `lease-${i}`,
      holder: `user${i}@host`,
      purpose: 'test',
      pools: Object.fromEntries(Object.entries(claimed).map(([pool, workers]) => [pool, { workers }])),
      ttlSeconds: 60,
    };
    return { lease, expiresAt: now + 60_000 };
  });
}

export const worker = (name: string, facts: Partial<Activity['workers'][number]> = {}) => ({
  name,
  pool: 'default',
  slots: 4,
  running: 0,
  draining: false,
  drained: false,
  actions: 0,
  busyMs: 0,
  ...facts,
});

function activityOf(facts: Facts, now: number): Observation['activity'] {
  if (facts.activity === null) return { known: false, error: 'AccessDenied' };
  if (facts.activity === undefined) return { known: true, value: null };
  const reportedAt = now - (facts.activityAge ?? 1_000);
  const activity: Activity = {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: new Date(reportedAt).toISOString(),
    server: { taskId: 't', endpoint: '127.0.0.9:8980', startedAt: new Date(now - minutes(30)).toISOString() },
    queued: 0,
    running: 0,
    idleSince: new Date(now - minutes(10)).toISOString(),
    pools: {},
    workers: [],
    ...facts.activity,
  };
  return { known: true, value: { activity, reportedAt } };
}

export function goodStacks(spec: Spec): Observation['stacks'] {
  const common = { installation: 'bbf', cluster: 'main', uid: 'u1', spec, defaultEngine: engine, initial: false };
  const pools = Object.keys(spec.pools).map((pool) => [
    poolStackName('bbf', 'main', pool),
    stack('CREATE_COMPLETE', { hash: poolShape({ ...common, pool }).hash }),
  ]);
  return { [SERVER]: stack('CREATE_COMPLETE', { hash: serverShape(common).hash }), ...Object.fromEntries(pools) };
}

/** Of a stack as the spec wants it. */
export function goodHash(spec: object, name: string): string {
  const read = goodStacks(specOf(spec))[name];
  return read?.known && read.value.state === 'present' ? (read.value.hash ?? '') : '';
}

/** `byHand`: somebody else changed it last. */
export function stack(status: string, facts: { hash?: string; uid?: string; byHand?: boolean } = {}) {
  const value: StackObservation = {
    state: 'present',
    id: 'arn:aws:cloudformation:us-east-1:000000000000:stack/x/1',
    status,
    reason: null,
    hash: facts.hash ?? 'other',
    uid: facts.uid ?? 'u1',
    lastChange: rests(status) ? { at: CHANGED_AT, byHand: facts.byHand ?? false } : null,
  };
  return { known: true as const, value };
}
export const noStack = { known: true as const, value: { state: 'absent' as const } };

/** An action in one line, for tables. */
export function line(action: Action): string {
  if (action.type === 'SetDesiredCount') return `${short(action.service)} ${action.from}→${action.to}`;
  if (action.type === 'SetFastSchedule') return `fast schedule ${action.enabled ? 'on' : 'off'}`;
  return `${action.type} ${short(action.stack)}`;
}
const short = (name: string) => name.replace('bbf--main--', '').replace('pool--', '');

/** What a pass of these facts would do, its status, and that of a pass whose actions all succeed. */
export function passOf(facts: Facts) {
  const o = observation(facts);
  const plan = decide(o);
  const results = plan.actions.map((action): ActionResult => ({ action, outcome: 'done' }));
  const status = report(o, plan, results);
  return { o, plan, status, lines: plan.actions.map(line) };
}

export const conditionOf = (status: Status, type: string) => {
  const found = status.conditions.find((condition) => condition.type === type);
  return `${found?.status} ${found?.reason}`;
};

/** The same with its message. */
export const wordsOf = (status: Status, type: string) => {
  const found = status.conditions.find((condition) => condition.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
};

/** The status of a cluster that went to sleep under revision r1. */
export const asleepStatus = (facts: Facts = {}): Status => ({
  ...longTold(passOf({ server: [0, 0], pool: [0, 0], ...facts }).status),
  asleep: { since: '2026-11-23T08:00:00.000Z', revision: 'r1' },
});

/** The farm has been heard for so long, milliseconds. */
export const heard = (status: Status, ago: number): Status => ({
  ...status,
  conditions: status.conditions.map((condition) =>
    condition.type === 'ActivityKnown'
      ? { ...condition, status: 'True', lastTransitionTime: iso(NOW - ago) }
      : condition,
  ),
});

/** A status that leaves no doubt of what ECS shows: its counts were told long ago. */
export const longTold = (status: Status): Status => ({
  ...status,
  server: { ...status.server, toldAt: null },
  pools: Object.fromEntries(Object.entries(status.pools).map(([pool, counts]) => [pool, { ...counts, toldAt: null }])),
});

/** The stacks of `spec` in good order, but for some. */
export const but = (spec: object, more: Record<string, Read<StackObservation>>): Facts => ({
  spec,
  stacks: { ...goodStacks(specOf(spec)), ...more },
});
