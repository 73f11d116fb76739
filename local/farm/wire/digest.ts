/** Digests: what names a blob. */
import { createHash } from 'node:crypto';
import type { Digest } from './messages.ts';

export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
export const EMPTY_DIGEST: Digest = { hash: EMPTY_HASH, sizeBytes: 0 };

/** Checked before a hash becomes part of any path. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function isDigest(digest: Digest | null | undefined): digest is Digest {
  return !!digest && isHash(digest.hash) && Number.isSafeInteger(digest.sizeBytes) && digest.sizeBytes >= 0;
}

export function digestOf(bytes: Uint8Array): Digest {
  return { hash: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
}

export function digestText(digest: Digest | null | undefined): string {
  return digest ? `${digest.hash}/${digest.sizeBytes}` : '(none)';
}
