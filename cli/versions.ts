/** The version chain of one key, as S3 lists it. */
import { element } from './aws/xml.ts';

export interface Version {
  /** S3 version. */
  revision: string;
  /** Milliseconds since the epoch, whole seconds, S3's clock. */
  modifiedAt: number;
  /** A marker: the key was deleted then. */
  deleted: boolean;
}

/** Newest first. Markers and versions may be listed one kind after the other; their times are whole seconds. */
export function versionsIn(xml: string, key: string): Version[] {
  const entries = xml.match(/<(Version|DeleteMarker)>[\s\S]*?<\/\1>/g) ?? [];
  const own = entries.filter((entry) => element(entry, 'Key') === key).map(versionOf);
  // The sort is stable: what was written within one second stays in the order of the listing.
  return own.sort((one, other) => other.modifiedAt - one.modifiedAt);
}

/** Most that S3 lists at once (API reference, "ListObjectVersions"). */
export const VERSIONS_OF_A_PAGE = 1_000;

/** What asks for the page behind this one; undefined: nothing more of the key. */
export function nextVersions(xml: string, key: string): Record<string, string> | undefined {
  const version = element(xml, 'NextVersionIdMarker');
  if (element(xml, 'NextKeyMarker') !== key || version === undefined) return undefined;
  return { 'key-marker': key, 'version-id-marker': version };
}

function versionOf(entry: string): Version {
  return {
    revision: element(entry, 'VersionId') ?? '',
    modifiedAt: Date.parse(element(entry, 'LastModified') ?? '') || 0,
    deleted: entry.startsWith('<DeleteMarker>'),
  };
}

/** What was written after `revision`; null: after the last deletion. Where that is not in the chain, everything is newer. */
export function newerIds(versions: readonly Version[], revision: string | null): string[] {
  const deletedAt = Math.max(0, ...versions.filter(({ deleted }) => deleted).map(({ modifiedAt }) => modifiedAt));
  const written = versions.filter(({ deleted }) => !deleted);
  const known = written.findIndex((version) =>
    revision === null ? version.modifiedAt < deletedAt : version.revision === revision,
  );
  return written.slice(0, known < 0 ? undefined : known).map((version) => version.revision);
}
