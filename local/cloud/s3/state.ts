/** What S3 remembers, as plain JSON. Bodies lie elsewhere (`Blobs`). */
import type { LifecycleRule } from './lifecycle.ts';

export interface S3State {
  buckets: Record<string, Bucket>;
  /** Counts changes of objects; orders the events of one key. */
  sequence: number;
}

export interface Bucket {
  name: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Absent: never set, object versions are `null` and replace each other. */
  versioning?: 'Enabled' | 'Suspended';
  settings: BucketSettings;
  /** Versions of each key, newest first; a key without versions has no entry. */
  objects: Record<string, ObjectVersion[]>;
  uploads: Record<string, Upload>;
}

export interface BucketSettings {
  /** JSON text, as it was put. */
  policy?: string;
  /** The rules of the encryption configuration; without it S3 still encrypts with AES256. */
  encryption?: Record<string, unknown>[];
  publicAccessBlock?: Record<string, boolean>;
  tags?: Record<string, string>;
  ownership?: string;
  lifecycle?: LifecycleRule[];
  eventBridge: boolean;
}

export interface ObjectVersion {
  /** `null` where versioning was off. */
  versionId: string;
  deleteMarker?: true;
  /** Quoted, as in the header. Empty for a delete marker. */
  etag: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since the epoch, always whole seconds. */
  modifiedAt: number;
  /** Names the body; absent for a delete marker. */
  blob?: string;
  /** Response headers that the writer chose, content-type among them. */
  headers: Record<string, string>;
  /** Without the `x-amz-meta-` prefix. */
  metadata: Record<string, string>;
  /** By algorithm in lower case, e.g. `crc32`: base64. */
  checksums: Record<string, string>;
  checksumType?: 'FULL_OBJECT' | 'COMPOSITE';
  /** Number of parts of a multipart upload. */
  parts?: number;
}

export interface Upload {
  id: string;
  key: string;
  startedAt: number;
  headers: Record<string, string>;
  metadata: Record<string, string>;
  checksumAlgorithm?: string;
  checksumType?: 'FULL_OBJECT' | 'COMPOSITE';
  parts: Record<string, Part>;
}

export interface Part {
  etag: string;
  size: number;
  modifiedAt: number;
  blob: string;
  checksums: Record<string, string>;
}

/** Where bodies are kept: in memory, or one file each. */
export interface Blobs {
  put(id: string, bytes: Uint8Array): void;
  get(id: string): Uint8Array | undefined;
  delete(id: string): void;
}

export function createMemoryBlobs(): Blobs {
  const bodies = new Map<string, Uint8Array>();
  return {
    put: (id, bytes) => void bodies.set(id, bytes),
    get: (id) => bodies.get(id),
    delete: (id) => void bodies.delete(id),
  };
}

/** Keys come from users, `__proto__` among them: records that hold them have no prototype. */
export function restoreState(saved: S3State | undefined): S3State {
  const state: S3State = { buckets: Object.create(null), sequence: saved?.sequence ?? 0 };
  for (const [name, bucket] of Object.entries(saved?.buckets ?? {})) {
    const objects = Object.assign(Object.create(null), bucket.objects) as Bucket['objects'];
    state.buckets[name] = { ...bucket, objects };
  }
  return state;
}
