/** Revisions of a cluster's document as people name them: by the beginning of their id, or by how many edits ago. */
import { clusterKey } from '../../config-schema/keys.ts';
import { needCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import type { Stored } from '../documents.ts';
import { Failure } from '../failure.ts';
import { parsed } from '../parsed.ts';
import type { Version } from '../versions.ts';

/** All that S3 keeps, newest first, without markers of deletions. @throws Failure (notFound) where there is none */
export async function revisionsOf(installation: Installation, cluster: string): Promise<Version[]> {
  const versions = await installation.documents.versions(clusterKey(cluster), 0);
  const written = versions.filter(({ deleted }) => !deleted);
  if (written.length > 0) return written;
  await needCluster(installation, cluster);
  // S3 ends old versions of a document that is gone (lifecycle rules of the bucket).
  throw new Failure('notFound', `no revision of ${cluster} is kept any more`, {
    next: `bbf apply -f FILE, with a document of ${cluster}; or bbf delete ${cluster}`,
  });
}

/** Shorter ones could be meant for anything. */
const PREFIX_MIN = 4;

/**
 * @param name a revision, or its first four characters or more, or `@~N`: N edits before the newest; `~N` too, where no shell makes
 * a folder of it
 * @throws Failure (notFound) or, for more than one, (usage)
 */
export function findRevision(versions: readonly Version[], cluster: string, name: string): Version {
  const back = /^@?~(\d+)$/.exec(name)?.[1];
  const found =
    back === undefined
      ? versions.filter(({ revision }) => revision === name || (name.length >= PREFIX_MIN && revision.startsWith(name)))
      : versions.slice(Number(back), Number(back) + 1);
  const [only, other] = found;
  const next = `bbf history --cluster=${cluster}`;
  if (only === undefined)
    throw new Failure('notFound', `cluster ${cluster} has no revision ${name} among its ${versions.length}`, {
      next: name.startsWith('/') ? `@~N instead of ~N, of which a shell makes a folder; ${next} lists them` : next,
    });
  if (other !== undefined)
    throw new Failure('usage', `${found.length} revisions of ${cluster} begin with ${name}`, { next });
  return only;
}

/** @throws Failure (notFound) where it has been removed for good since it was listed */
export async function readRevision(
  { documents }: Installation,
  cluster: string,
  { revision }: Pick<Version, 'revision'>,
): Promise<Stored> {
  const stored = await documents.readVersion(clusterKey(cluster), revision);
  if (stored !== undefined) return stored;
  throw new Failure('notFound', `revision ${revision} of ${cluster} is gone: old versions are kept for a while only`, {
    next: `bbf history --cluster=${cluster}`,
  });
}

interface WrittenText {
  spec: unknown;
  writtenBy: string | null;
  reason: string | null;
}

/** What a text of any quality says; null where it is no JSON object. */
export function contentOf(text: string): WrittenText | null {
  const document = parsed(text) as { spec?: unknown; metadata?: { writtenBy?: unknown; reason?: unknown } } | undefined;
  if (typeof document !== 'object') return null;
  const { writtenBy, reason } = document.metadata ?? {};
  const shown = (value: unknown) => (typeof value === 'string' ? value : null);
  return { spec: document.spec ?? {}, writtenBy: shown(writtenBy), reason: shown(reason) };
}
