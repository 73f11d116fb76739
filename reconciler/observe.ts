/** Step one of a pass: reads everything that the decision needs, in a constant number of calls. */
import type { Lease } from '../config-schema/documents.ts';
import { activityKey, clusterKey, clusterPrefix, leasesPrefix, statusKey } from '../config-schema/keys.ts';
import { parseActivity, parseCluster, parseLease, parseStatus } from '../config-schema/parse.ts';
import { clusterStackPrefix, poolStackName, serverStackName } from '../templates/names.ts';
import { errorText } from './aws/errors.ts';
import type { AcceptedDocument, DocumentObservation, LeaseObservation, Observation, Read } from './core/observation.ts';
import { stacksToRead } from './core/shapes.ts';
import { poolNames } from './core/situation.ts';
import { DOCUMENT_BYTES_MAX, type Document, type Entry, type Ports, type Settings } from './ports.ts';

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
    readDocument(reader, cluster),
    readLeases(reader, cluster),
    readActivity(reader, cluster),
    readStatus(reader, cluster),
  ]);
  await confirmGone(ports, cluster, reader.missing);
  const accepted = await readInForce(ports, cluster, document, status?.acceptedRevision ?? null);
  const base: Observation = {
    now: ports.time.now(),
    ...settings,
    cluster,
    document,
    accepted,
    leases,
    activity,
    status,
    inventory: null,
    services: { known: true, value: {} },
    stacks: {},
  };
  const listed = { ...base, inventory: await readInventory(ports, base) };
  const services = await attempt(() => ports.services.describe(serviceNames(listed)));
  const observation = { ...listed, services };
  const names = stacksToRead(observation, STACK_RECHECK_MS);
  const stacks = await Promise.all(
    names.map(async (name) => [name, await attempt(() => ports.stacks.read(name))] as const),
  );
  return { ...observation, stacks: Object.fromEntries(stacks) };
}

async function attempt<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, error: errorText(error) };
  }
}

/** The bucket's port answers a text that is unchanged with the same document, so what it says is read once. `name`: what its key says. */
function readOnce<T>(parse: (text: string, name: string) => T): (document: Document, name: string) => T {
  const known = new WeakMap<Document, T>();
  return (document, name) => {
    const before = known.get(document);
    if (before !== undefined) return before;
    const parsed = parse(document.text, name);
    known.set(document, parsed);
    return parsed;
  };
}

const clusterIn = readOnce((text, cluster) => parseCluster(text, { cluster }));
const leaseIn = readOnce(leaseOf);
const activityIn = readOnce(parseActivity);
const statusIn = readOnce(parseStatus);

/** A cluster may have a thousand of them, and somebody else writes them (see DOCUMENT_BYTES_MAX). */
const LEASE_BYTES = 65_536;
const LEASES = 1_000;

interface Reader {
  entries: Entry[];
  entry(key: string): Entry | undefined;
  /** What was listed and not found when it was read. */
  missing: string[];
  read(key: string, newest?: boolean): Promise<Document | null>;
}

/** Nothing is fetched that the listing does not have. */
function readerOf(ports: Ports, entries: Entry[]): Reader {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const missing: string[] = [];
  return {
    entries,
    missing,
    entry: (key) => byKey.get(key),
    read: async (key, newest) => {
      const entry = byKey.get(key);
      if (entry && entry.size > DOCUMENT_BYTES_MAX)
        throw new Error(`${key} has ${entry.size} bytes, more than any document of bbf`);
      const document = entry ? await ports.documents.read(key, entry, newest) : null;
      if (entry && !document) missing.push(key);
      return document;
    },
  };
}

/**
 * For minutes after versioning was turned on, S3 may answer 404 for what is there (S3 User Guide "Enabling versioning on buckets"): what
 * is missing is gone only if a second listing says so.
 */
async function confirmGone(ports: Ports, cluster: string, missing: readonly string[]): Promise<void> {
  if (missing.length === 0) return;
  const listed = new Set((await ports.documents.list(clusterPrefix(cluster))).map(({ key }) => key));
  const hidden = missing.find((key) => listed.has(key));
  if (hidden !== undefined) throw new Error(`${hidden} is listed, and S3 does not find it`);
}

async function readDocument(reader: Reader, cluster: string): Promise<DocumentObservation> {
  const key = clusterKey(cluster);
  const entry = reader.entry(key);
  const read = await attempt(() => reader.read(key, true));
  if (!read.known) return { state: 'unreadable', error: read.error };
  if (!read.value) return { state: 'absent' };
  const { revision } = read.value;
  const modifiedAt = entry?.modifiedAt ?? 0;
  const parsed = clusterIn(read.value, cluster);
  if (!parsed.ok) return { state: 'invalid', revision, modifiedAt, problems: parsed.problems };
  const { metadata, spec } = parsed.cluster;
  return { state: 'valid', revision, modifiedAt, uid: metadata.uid ?? null, spec };
}

/** Nobody writes more invalid documents than this, one after the other, before somebody looks. */
const LOOK_BACK = 20;

/**
 * What is in force beside a newest revision that is no good; nothing, where none was ever accepted. After an invalid one, or when it is gone, it is the
 * newest valid one, as the bucket has it, were it gone in between: a pass may have acted on it and died before status said so. Null when it could not be
 * read: what came before it is out of date.
 */
async function readInForce(
  ports: Ports,
  cluster: string,
  document: DocumentObservation,
  accepted: string | null,
): Promise<AcceptedDocument | null> {
  if (document.state === 'valid' || accepted === null) return null;
  const read = await attempt(async () => {
    const older = document.state === 'unreadable' ? [] : await olderRevisions(ports, cluster, document);
    for (const revision of [...older, accepted]) {
      const found = await readRevision(ports, cluster, revision);
      if (found) return found;
    }
    return null;
  });
  return read.known ? read.value : null;
}

async function olderRevisions(ports: Ports, cluster: string, document: DocumentObservation): Promise<string[]> {
  const all = await ports.documents.revisions(clusterKey(cluster));
  const first = 'revision' in document ? all.indexOf(document.revision) + 1 : 0;
  return all.slice(first, first + LOOK_BACK);
}

async function readRevision(ports: Ports, cluster: string, revision: string): Promise<AcceptedDocument | null> {
  const text = await ports.documents.readRevision(clusterKey(cluster), revision);
  const parsed = text === null ? null : parseCluster(text, { cluster });
  return parsed?.ok ? { revision, uid: parsed.cluster.metadata.uid ?? null, spec: parsed.cluster.spec } : null;
}

/** How long an object under leases/ that is no lease keeps the cluster awake: time for a person to look at it or to remove it. */
const UNPARSED_TTL_SECONDS = 3_600;

/** One lease that can't be fetched makes all leases unknown; one that was removed since the listing claims nothing. */
async function readLeases(reader: Reader, cluster: string): Promise<Read<LeaseObservation[]>> {
  const entries = reader.entries.filter((entry) => entry.key.startsWith(leasesPrefix(cluster)));
  return attempt(async () => {
    const leases = await Promise.all(
      entries.map(async ({ key, modifiedAt, size }, index) => {
        const id = key.slice(leasesPrefix(cluster).length).replace(/\.json$/, '');
        const lease =
          index >= LEASES
            ? notUnderstood(id, `there are ${entries.length} leases`)
            : size > LEASE_BYTES
              ? notUnderstood(id, `it has ${size} bytes`)
              : await readLease(reader, key, id);
        return lease ? [{ lease, expiresAt: modifiedAt + lease.ttlSeconds * 1000 }] : [];
      }),
    );
    return leases.flat();
  });
}

async function readLease(reader: Reader, key: string, id: string): Promise<Lease | null> {
  const document = await reader.read(key);
  return document && leaseIn(document, id);
}

function leaseOf(text: string, id: string): Lease {
  const parsed = parseLease(text);
  return parsed.ok ? parsed.lease : notUnderstood(id, parsed.problems[0]?.message ?? 'no reason given');
}

/** Somebody meant to hold the cluster, e.g. a newer bbf: what can't be understood holds it for a while, without workers. */
const notUnderstood = (id: string, why: string): Lease => ({
  apiVersion: 'bbf/v1',
  kind: 'Lease',
  id,
  holder: 'unknown',
  purpose: `not a lease that this bbf understands: ${why}`,
  pools: {},
  ttlSeconds: UNPARSED_TTL_SECONDS,
});

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
  const document = await reader.read(statusKey(cluster));
  const parsed = document ? statusIn(document, cluster) : null;
  return parsed?.ok ? parsed.status : null;
}

/**
 * Leftovers of a crash are found by looking at what there is, not at what was noted: now and then, when a cluster falls asleep, as its
 * server stops for good reason only when no pool runs, and before it is forgotten.
 */
async function readInventory(ports: Ports, o: Observation): Promise<Observation['inventory']> {
  const spec = o.document.state === 'valid' ? o.document.spec : o.accepted?.spec;
  if (!spec) return null;
  const last = o.status?.inventoryAt ? Date.parse(o.status.inventoryAt) : 0;
  const isNewlyAsleep = o.status?.asleep != null && Date.parse(o.status.asleep.since) > last;
  if (spec.delete === undefined && !isNewlyAsleep && o.now - last < STACK_RECHECK_MS) return null;
  return attempt(() => ports.stacks.list(clusterStackPrefix(o.installation, o.cluster)));
}

/** Services of the spec in force and of pools that the status still lists. */
function serviceNames(o: Observation): string[] {
  const spec = o.document.state === 'valid' ? o.document.spec : o.accepted?.spec;
  const pools = spec ? poolNames(o, spec) : Object.keys(o.status?.pools ?? {});
  return [
    serverStackName(o.installation, o.cluster),
    ...pools.map((pool) => poolStackName(o.installation, o.cluster, pool)),
  ];
}
