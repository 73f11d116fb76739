/** Step one of a pass: reads everything that the decision needs, in a constant number of calls. */
import { activityKey, clusterKey, statusKey } from '../config-schema/keys.ts';
import { parseActivity, parseCluster, parseStatus } from '../config-schema/parse.ts';
import { clusterStackPrefix, poolStackName, serverStackName } from '../templates/names.ts';
import type { AcceptedDocument, DocumentObservation, Observation } from './core/observation.ts';
import { stacksToRead } from './core/shapes.ts';
import { ownStacks, poolNames } from './core/situation.ts';
import { bytesMax, type Entry, type Ports, type Settings } from './ports.ts';
import { readLeases } from './read-leases.ts';
import { attempt, confirmGone, type Reader, readerOf, readOnce } from './reader.ts';

/** A stack that looked right is looked at again after this long, in case somebody changed it by hand. */
const STACK_RECHECK_MS = 10 * 60_000;

/** `entries` is a fresh listing of the cluster's prefix. @throws where what is in it can be neither found nor gone */
export async function observe(
  ports: Ports,
  settings: Settings,
  cluster: string,
  entries: Entry[],
): Promise<Observation> {
  const reader = readerOf(ports, entries);
  const [document, leases, activity, status] = await Promise.all([
    readDocument(ports, reader, cluster),
    readLeases(reader, cluster, ports.time.now()),
    readActivity(reader, cluster),
    readStatus(reader, cluster),
  ]);
  const again = await confirmGone(ports, cluster, reader);
  if (again) return observe(ports, settings, cluster, again);
  const base: Observation = {
    now: ports.time.now(),
    ...settings,
    cluster,
    document,
    accepted: null,
    leases,
    activity,
    status,
    inventory: null,
    services: { known: true, value: {} },
    stacks: {},
  };
  const found = isUnaccounted(base) ? { ...base, inventory: await listStacks(ports, base) } : base;
  const known = { ...found, accepted: await readInForce(ports, found) };
  const listed = isInventoryDue(known) ? { ...known, inventory: await listStacks(ports, known) } : known;
  const services = await attempt(() => ports.services.describe(serviceNames(listed)));
  const observation = { ...listed, services };
  const names = stacksToRead(observation, STACK_RECHECK_MS);
  const stacks = await Promise.all(
    names.map(async (name) => {
      const knownAt = observation.status?.stacks[name]?.changedAt;
      return [name, await attempt(() => ports.stacks.read(name, knownAt))] as const;
    }),
  );
  return { ...observation, stacks: Object.fromEntries(stacks) };
}

const clusterIn = readOnce((text, cluster) => parseCluster(text, { cluster }));
const activityIn = readOnce(parseActivity);
const statusIn = readOnce(parseStatus);

async function readDocument(ports: Ports, reader: Reader, cluster: string): Promise<DocumentObservation> {
  const key = clusterKey(cluster);
  const entry = reader.entry(key);
  if (entry && entry.size > bytesMax(key)) return oversize(ports, entry);
  const read = await attempt(() => reader.read(key, { newest: true }));
  if (!read.known) return { state: 'unreadable', error: read.error };
  if (!read.value) return { state: 'absent' };
  const { revision } = read.value;
  const modifiedAt = entry?.modifiedAt ?? 0;
  const parsed = clusterIn(read.value, cluster);
  if (!parsed.ok) return { state: 'invalid', revision, modifiedAt, problems: parsed.problems };
  const { metadata, spec } = parsed.cluster;
  return { state: 'valid', revision, etag: read.value.etag, modifiedAt, uid: metadata.uid ?? null, spec };
}

/** It is not read, and is as good as any other text that is no document. */
async function oversize({ documents }: Ports, { key, etag, size, modifiedAt }: Entry): Promise<DocumentObservation> {
  const read = await attempt(() => documents.revisions(key));
  if (!read.known) return { state: 'unreadable', error: read.error };
  const expected = `at most ${bytesMax(key)} bytes`;
  const problem = { pointer: '', message: `has ${size} bytes`, expected, fix: `write ${expected}` };
  return { state: 'invalid', revision: read.value[0]?.revision ?? etag, modifiedAt, problems: [problem] };
}

/** Nobody writes more invalid documents than this, one after the other, before somebody looks. */
const LOOK_BACK = 20;

/**
 * What is in force beside the newest revision, which is
 * - valid: null, as that one is in force itself;
 * - invalid or gone: the newest valid one that the bucket has, whether or not status knows it: a pass may have acted on it and died before status
 *   said so, and somebody may have removed status as well. Null where none was ever accepted and nothing stands;
 * - unreadable: the accepted one;
 * - accepted once and refused now, by itself or as the next older one: null. Another bbf accepted it, and nothing older is nearer to what it says.
 * Null, too, where what is in force could not be read: what came before it is out of date.
 */
async function readInForce(ports: Ports, o: Observation): Promise<AcceptedDocument | null> {
  const { cluster, document } = o;
  const accepted = o.status?.acceptedRevision ?? null;
  if (document.state === 'valid' || (accepted === null && ownStacks(o).length === 0)) return null;
  if (document.state === 'invalid' && document.revision === accepted) return null;
  const read = await attempt(async () => {
    const older = document.state === 'unreadable' ? [] : await olderRevisions(ports, cluster, document);
    for (const revision of [...older, ...(accepted === null ? [] : [accepted])]) {
      const found = await readRevision(ports, cluster, revision);
      if (found || revision === accepted) return found;
    }
    return null;
  });
  return read.known ? read.value : null;
}

async function olderRevisions(ports: Ports, cluster: string, document: DocumentObservation): Promise<string[]> {
  const key = clusterKey(cluster);
  const all = await ports.documents.revisions(key);
  const first = 'revision' in document ? all.findIndex(({ revision }) => revision === document.revision) + 1 : 0;
  // What no document can be is passed over unfetched.
  const read = all.slice(first).filter(({ bytes }) => bytes <= bytesMax(key));
  return read.slice(0, LOOK_BACK).map(({ revision }) => revision);
}

async function readRevision(ports: Ports, cluster: string, revision: string): Promise<AcceptedDocument | null> {
  const text = await ports.documents.readRevision(clusterKey(cluster), revision);
  const parsed = text === null ? null : parseCluster(text, { cluster });
  return parsed?.ok ? { revision, uid: parsed.cluster.metadata.uid ?? null, spec: parsed.cluster.spec } : null;
}

async function readActivity(reader: Reader, cluster: string): Promise<Observation['activity']> {
  return attempt(async () => {
    const key = activityKey(cluster);
    const document = await reader.read(key);
    if (!document) return null;
    const parsed = activityIn(document, cluster);
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message ?? 'activity.json is not an activity document');
    return { activity: parsed.activity, reportedAt: reader.entry(key)?.modifiedAt ?? 0 };
  });
}

async function readStatus(reader: Reader, cluster: string): Promise<Observation['status']> {
  const entry = reader.entry(statusKey(cluster));
  // As one that can't be parsed: it is written anew.
  const document = entry && entry.size > bytesMax(entry.key) ? null : await reader.read(statusKey(cluster));
  const parsed = document ? statusIn(document, cluster) : null;
  return parsed?.ok ? parsed.status : null;
}

/**
 * Leftovers of a crash are found by looking at what there is, not at what was noted: now and then, when a cluster falls asleep, as its
 * server stops for good reason only when no pool runs, and before it is forgotten.
 */
function isInventoryDue(o: Observation): boolean {
  const spec = specInForce(o);
  if (!spec || o.inventory !== null) return false;
  const last = o.status?.inventoryAt ? Date.parse(o.status.inventoryAt) : 0;
  const isNewlyAsleep = o.status?.asleep != null && Date.parse(o.status.asleep.since) > last;
  return spec.delete !== undefined || isNewlyAsleep || o.now - last >= STACK_RECHECK_MS;
}

const listStacks = (ports: Ports, { installation, cluster }: Observation): Promise<Observation['inventory']> =>
  attempt(() => ports.stacks.list(clusterStackPrefix(installation, cluster)));

/** No word says whether anything was made for what is there, or was: its status may have been removed with its document. */
const isUnaccounted = ({ document, status }: Observation): boolean =>
  (document.state === 'absent' || document.state === 'invalid') && (status?.acceptedRevision ?? null) === null;

const specInForce = (o: Observation) => (o.document.state === 'valid' ? o.document.spec : o.accepted?.spec);

/** Services of the spec in force and of pools that the status still lists. */
function serviceNames(o: Observation): string[] {
  const spec = specInForce(o);
  const pools = spec ? poolNames(o, spec) : Object.keys(o.status?.pools ?? {});
  return [
    serverStackName(o.installation, o.cluster),
    ...pools.map((pool) => poolStackName(o.installation, o.cluster, pool)),
  ];
}
