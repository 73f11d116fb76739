/** Resource names of ByteStream: `[INSTANCE/]blobs/HASH/SIZE` to read, `[INSTANCE/]uploads/UUID/blobs/HASH/SIZE[/…]` to write. */
import { isDigest } from './digest.ts';
import type { Digest } from './messages.ts';
import { CallError, Code } from './status.ts';

function digestOfParts(hash: string | undefined, size: string | undefined, name: string): Digest {
  const digest = { hash: hash ?? '', sizeBytes: /^[0-9]{1,16}$/.test(size ?? '') ? Number(size) : -1 };
  if (isDigest(digest)) return digest;
  throw new CallError(
    Code.INVALID_ARGUMENT,
    `resource name ${JSON.stringify(name)} has no SHA-256 digest and size after "blobs"; expected …/blobs/<64 hexadecimal digits>/<bytes>`,
  );
}

/** Throws INVALID_ARGUMENT. Compressed blobs are refused: the server advertises no compressor. */
export function parseReadName(name: string): Digest {
  const parts = name.split('/');
  const at = parts.lastIndexOf('blobs');
  return digestOfParts(parts[at + 1], at < 0 || parts.length > at + 3 ? undefined : parts[at + 2], name);
}

export function parseWriteName(name: string): Digest {
  const parts = name.split('/');
  const at = parts.indexOf('uploads');
  const valid = at >= 0 && parts[at + 2] === 'blobs';
  return digestOfParts(valid ? parts[at + 3] : undefined, parts[at + 4], name);
}

export const readName = (digest: Digest) => `blobs/${digest.hash}/${digest.sizeBytes}`;
export const writeName = (digest: Digest, uuid: string) => `uploads/${uuid}/blobs/${digest.hash}/${digest.sizeBytes}`;
