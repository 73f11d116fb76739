/** Which clusters an event asks to look at. An event says no more than that: every pass reads everything again. */
import { clusterOfKey } from '../config-schema/keys.ts';
import { fastScheduleRuleName, parseOwnedName, slowScheduleRuleName } from '../templates/names.ts';

/** The names of clusters, or 'all' for the schedule and for anything that names none. */
export function clustersOfEvent(installation: string, event: unknown): string[] | 'all' {
  const { source, resources, detail } = (event ?? {}) as { source?: string; resources?: unknown; detail?: Detail };
  const names =
    source === 'aws.s3'
      ? s3Clusters(detail)
      : ownedClusters(installation, [...strings(resources), ...ownNames(detail)]);
  return names.length > 0 ? [...new Set(names)] : 'all';
}

interface Detail {
  object?: { key?: unknown };
  group?: unknown;
}

function s3Clusters(detail: Detail | undefined): string[] {
  const key = detail?.object?.key;
  const cluster = typeof key === 'string' ? clusterOfKey(key) : undefined;
  return cluster ? [cluster] : [];
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** A task's event names its service as `service:NAME`. */
const ownNames = (detail: Detail | undefined): string[] =>
  typeof detail?.group === 'string' ? [detail.group.replace(/^service:/, '')] : [];

/** Names are the path elements of ARNs: stack/NAME/UUID, service/CLUSTER/NAME. */
function ownedClusters(installation: string, names: string[]): string[] {
  return names
    .flatMap((name) => name.split(/[/:]/))
    .flatMap((part) => parseOwnedName(installation, part)?.cluster ?? []);
}

/** Which schedule an event is of; null for all other events. */
export function scheduleOfEvent(installation: string, event: unknown): 'fast' | 'slow' | null {
  const resources = strings((event as { resources?: unknown } | null)?.resources);
  const isOf = (rule: string) => resources.some((resource) => resource.endsWith(`:rule/${rule}`));
  if (isOf(fastScheduleRuleName(installation))) return 'fast';
  return isOf(slowScheduleRuleName(installation)) ? 'slow' : null;
}
