/** Files and their digests in one go, without holding them in memory. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../wire/messages.ts';

/** Writes all chunks, closes the file, and says what was written. */
export async function hashingWriter(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
      sizeBytes += chunk.length;
    }
  } finally {
    await handle.close();
  }
  return { hash: hash.digest('hex'), sizeBytes };
}

export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { hash: hash.digest('hex'), sizeBytes };
}
