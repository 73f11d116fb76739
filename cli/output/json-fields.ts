/** What `--json` of each command may name: the fields of its object, or of a list those of its items. The types keep it current. */
import type { Activity, Status } from '../../config-schema/documents.ts';
import type { Authority } from '../ca/authorities.ts';
import type { Config } from '../context/config.ts';
import type { Setting } from '../context/config-command.ts';
import type { HistoryEntry } from '../desired/history.ts';
import type { SeenLease } from '../desired/leases.ts';
import type { SeenPool } from '../desired/pools-command.ts';
import type { Explanation } from '../explain/explain.ts';
import type { Preview } from '../plan/preview.ts';
import type { SeenCluster } from '../seeing/clusters.ts';
import type { LogEvent } from '../seeing/log-events.ts';
import type { ClusterEvent } from '../seeing/status-events.ts';
import type { FieldChange } from './diff.ts';

const fieldsOf = <T>(fields: Record<keyof T, true>): readonly string[] => Object.keys(fields);

/** By the command's name. */
export const jsonFields: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'status',
    fieldsOf<Status>({
      apiVersion: true,
      kind: true,
      cluster: true,
      uid: true,
      observedRevision: true,
      acceptedRevision: true,
      acceptedEtag: true,
      conditions: true,
      server: true,
      endpoint: true,
      privateEndpoint: true,
      pools: true,
      leases: true,
      stacks: true,
      leasesUnreadSince: true,
      idleSince: true,
      asleep: true,
      progressAt: true,
      inventoryAt: true,
      deleting: true,
      awake: true,
      problems: true,
      actions: true,
      cost: true,
      next: true,
      heartbeatAt: true,
      version: true,
    }),
  ],
  ['clusters', fieldsOf<SeenCluster>({ name: true, state: true, finding: true, status: true })],
  [
    'top',
    fieldsOf<Activity>({
      apiVersion: true,
      kind: true,
      reportedAt: true,
      server: true,
      queued: true,
      running: true,
      idleSince: true,
      pools: true,
      unmatched: true,
      workers: true,
      totals: true,
    }),
  ],
  [
    'explain',
    fieldsOf<Explanation>({
      apiVersion: true,
      kind: true,
      cluster: true,
      pool: true,
      at: true,
      state: true,
      revision: true,
      findings: true,
      facts: true,
      next: true,
    }),
  ],
  [
    'plan',
    fieldsOf<Preview>({
      apiVersion: true,
      kind: true,
      cluster: true,
      at: true,
      revision: true,
      reconciler: true,
      edits: true,
      actions: true,
      server: true,
      pools: true,
      usdPerHour: true,
      waits: true,
      unread: true,
      next: true,
      changes: true,
    }),
  ],
  ['doctor', ['apiVersion', 'kind', 'context', 'at', 'healthy', 'checks']],
  ['events', fieldsOf<ClusterEvent>({ at: true, type: true, what: true, reason: true, message: true, evidence: true })],
  ['logs', fieldsOf<Omit<LogEvent, 'id'>>({ at: true, source: true, task: true, message: true })],
  ['history', fieldsOf<HistoryEntry>({ revision: true, at: true, writtenBy: true, reason: true, changes: true })],
  ['diff', fieldsOf<FieldChange>({ path: true, before: true, after: true })],
  [
    'pools',
    fieldsOf<SeenPool>({
      name: true,
      workers: true,
      workersMax: true,
      cpu: true,
      memoryMiB: true,
      diskGiB: true,
      slots: true,
      architecture: true,
      capacity: true,
      onDemandBase: true,
      platform: true,
      usdPerHourOfWorker: true,
      status: true,
    }),
  ],
  [
    'leases',
    fieldsOf<SeenLease>({ id: true, holder: true, purpose: true, pools: true, expiresAt: true, expired: true }),
  ],
  [
    'ca show',
    fieldsOf<Authority>({
      name: true,
      fingerprint: true,
      state: true,
      signsFrom: true,
      signsUntil: true,
      trustedUntil: true,
      notAfter: true,
    }),
  ],
  ['flags', ['flag', 'from']],
  ['config', fieldsOf<Setting>({ name: true, value: true, from: true })],
  ['contexts', fieldsOf<Config>({ current: true, contexts: true })],
  ['local status', ['pid', 'port', 'tasks', 'startedAt', 'state']],
]);
