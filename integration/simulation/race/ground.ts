/** What stands still in every race: the cluster's document, its stacks, and the settings; and the texts that are written again and again. */

import { takeLease } from '../../../cli/lease/lease.ts';
import type { Activity } from '../../../config-schema/documents.ts';
import { clusterKey, leaseKey } from '../../../config-schema/keys.ts';
import { parseCluster } from '../../../config-schema/parse.ts';
import { worker } from '../../../reconciler/core/observation.fixture.ts';
import type { Settings } from '../../../reconciler/ports.ts';
import { poolStackName, serverStackName } from '../../../templates/names.ts';
import { poolShape } from '../../../templates/pool.ts';
import { RECONCILER_TIMEOUT_SECONDS } from '../../../templates/reconciler.ts';
import { serverShape } from '../../../templates/server.ts';
import type { Constants } from './run.ts';
import { CLUSTER, POOL, type State } from './state.ts';

export const BEGINS_AT = Date.parse('2026-11-23T09:00:00.000Z');
export const SETTINGS: Settings = {
  installation: 'bbf',
  version: '0.0.0-race',
  defaultEngine: { server: 'server', worker: 'worker' },
  publicAddresses: true,
};
export const SERVER = serverStackName(SETTINGS.installation, CLUSTER);
export const WORKERS = poolStackName(SETTINGS.installation, CLUSTER, POOL);
export const WORKERS_MAX = 2;
/** Longer than workers have to register from when their server is heard of: races begin behind that. */
export const IDLE_AFTER_MS = 70_000;
/** An invocation's longest life, and the end of its lock. */
export const LIFE_MS = RECONCILER_TIMEOUT_SECONDS * 1000;

const UID = 'race';
/** Of a document that nobody edits. */
export const REVISION = 'r1';

/** @param workers that the spec wants without any lease */
export function clusterText(workers: number, more: { suspend?: boolean } = {}): string {
  return JSON.stringify({
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: { name: CLUSTER, uid: UID },
    spec: {
      pools: { [POOL]: { workers, workersMax: WORKERS_MAX, slots: 1 } },
      scaling: { idleAfter: '70s', scaleInAfter: '0s' },
      ...more,
    },
  });
}

/** @param edited whether the document changes, so that reading it is a step */
export function constantsOf(document: string, edited: boolean): Constants {
  const parsed = parseCluster(document, { cluster: CLUSTER });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const common = { ...SETTINGS, cluster: CLUSTER, uid: UID, spec: parsed.cluster.spec, initial: false };
  const hashes: Record<string, string> = {
    [SERVER]: serverShape(common).hash,
    [WORKERS]: poolShape({ ...common, pool: POOL }).hash,
  };
  const constant = { text: document, etag: '"document"', revision: REVISION };
  const never = async () => {
    throw new Error('no stack is to be changed in a race: all are as they should be');
  };
  return {
    read: (key) => (key === clusterKey(CLUSTER) && !edited ? constant : undefined),
    schedule: { setFast: async () => {}, isFast: async () => true },
    stacks: {
      read: async (stack) => ({
        state: 'present',
        id: `arn:aws:cloudformation:us-east-1:000000000000:stack/${stack}/1`,
        status: 'CREATE_COMPLETE',
        reason: null,
        hash: hashes[stack] ?? null,
        uid: UID,
        lastChange: { at: '2026-11-23T00:00:00.000Z', byHand: false },
      }),
      list: async () => [SERVER, WORKERS],
      create: never,
      update: never,
      remove: never,
      cancelUpdate: never,
      continueRollback: never,
      rollback: never,
    },
  };
}

export const leaseId = (client: number) => `client-${client + 1}`;
export const leaseOf = (client: number) => leaseKey(CLUSTER, leaseId(client));

/** The lease as `bbf build` writes it. */
export async function leaseText(client: number, workers: number): Promise<string> {
  let written = '';
  const documents = {
    write: async (_: string, text: string) => {
      written = text;
      return { outcome: 'written' as const, etag: '', revision: null };
    },
    remove: async () => {},
  };
  const id = leaseId(client);
  const wish = { cluster: CLUSTER, id, holder: `user@${id}`, purpose: 'build //...', pool: POOL, workers };
  const lease = await takeLease(documents, wish, { note: () => {}, now: Date.now });
  await lease.release();
  return written;
}

/** What the farm's server would report now. */
export function activityOf(state: State): Activity {
  const at = new Date(state.now).toISOString();
  const startedAt = new Date(state.server.startedAt ?? 0).toISOString();
  const running = state.workers.filter(({ runs }) => runs !== null).length;
  const queued = state.clients.filter(({ phase }) => phase === 'queued').length;
  return {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: at,
    server: { taskId: 'server', endpoint: '127.0.0.9:8980', startedAt },
    queued,
    running,
    idleSince: state.idleSince === null ? null : new Date(state.idleSince).toISOString(),
    pools: { [POOL]: { queued, running } },
    workers: state.workers
      .filter((one) => one.protected || one.refused || one.draining)
      .map((one) => {
        const draining = state.orders.includes(one.name);
        const drained = draining && one.draining && one.runs === null && !one.protected;
        return worker(one.name, { pool: POOL, slots: 1, running: one.runs === null ? 0 : 1, draining, drained });
      }),
  };
}
