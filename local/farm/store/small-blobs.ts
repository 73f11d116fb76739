/** Small blobs that were used last, in memory: actions, commands, directories and short outputs are read soon after they were written. */

const MAX_BLOB_BYTES = 16 * 1024;
const MAX_TOTAL_BYTES = 16 * 1024 * 1024;

interface SmallBlobs {
  get(hash: string): Uint8Array | undefined;
  /** Ignores what is not small. */
  add(hash: string, bytes: Uint8Array): void;
}

export function createSmallBlobs(): SmallBlobs {
  /** In order of use, the oldest first. */
  const blobs = new Map<string, Uint8Array>();
  let total = 0;

  function forget(hash: string): void {
    total -= blobs.get(hash)?.length ?? 0;
    blobs.delete(hash);
  }

  return {
    get(hash) {
      const bytes = blobs.get(hash);
      if (!bytes) return undefined;
      blobs.delete(hash);
      blobs.set(hash, bytes);
      return bytes;
    },
    add(hash, bytes) {
      if (bytes.length > MAX_BLOB_BYTES) return;
      forget(hash);
      blobs.set(hash, bytes);
      total += bytes.length;
      for (const oldest of blobs.keys()) {
        if (total <= MAX_TOTAL_BYTES) break;
        forget(oldest);
      }
    },
  };
}
