/** A delete marker: the version that says an object is gone. */
import { etagOf } from './checksums.ts';
import type { ObjectVersion } from './state.ts';

/** @param modifiedAt whole seconds, in milliseconds since the epoch */
export function deleteMarker(versionId: string, modifiedAt: number): ObjectVersion {
  // Events give a marker the ETag of nothing.
  const etag = etagOf(new Uint8Array());
  return { versionId, deleteMarker: true, etag, size: 0, modifiedAt, headers: {}, metadata: {}, checksums: {} };
}
