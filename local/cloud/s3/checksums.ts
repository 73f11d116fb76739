/** Checks what the client says of its body, and computes what S3 would answer. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../kernel.ts';
import { crc32c } from './crc32c.ts';

/** Those the cloud computes. CRC64NVME is taken as it comes and repeated, never checked. */
const ALGORITHMS: Record<string, (bytes: Uint8Array) => Buffer> = {
  crc32: (bytes) => bigEndian(crc32(bytes)),
  crc32c: (bytes) => bigEndian(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};
const UNCHECKED = new Set(['crc64nvme']);
const PREFIX = 'x-amz-checksum-';

export function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** @param algorithm in any case; undefined when it is one that the cloud doesn't compute */
export function checksumOf(algorithm: string, body: Uint8Array): string | undefined {
  return ALGORITHMS[algorithm.toLowerCase()]?.(body).toString('base64');
}

/** The checksum of a multipart object made of its parts' checksums, `-N` for its N parts. */
export function compositeChecksum(algorithm: string, parts: string[]): string | undefined {
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  const checksum = checksumOf(algorithm, joined);
  return checksum && `${checksum}-${parts.length}`;
}

/** Every checksum that the headers state, by algorithm; throws `BadDigest` for one that the body contradicts. */
export function verifiedChecksums(headers: Record<string, string>, body: Uint8Array): Record<string, string> {
  checkMd5(headers['content-md5'], body);
  const stated = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), value] as const)
    .filter(([algorithm]) => algorithm in ALGORITHMS || UNCHECKED.has(algorithm));
  for (const [algorithm, value] of stated) {
    const actual = checksumOf(algorithm, body);
    if (actual !== undefined && actual !== value) throw badDigest(algorithm, value, actual);
  }
  return Object.fromEntries(stated);
}

function checkMd5(stated: string | undefined, body: Uint8Array): void {
  if (stated === undefined) return;
  if (Buffer.from(stated, 'base64').length !== 16) {
    throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, {
      'Content-MD5': stated,
    });
  }
  const actual = createHash('md5').update(body).digest('base64');
  if (actual !== stated) throw badDigest('Content-MD5', stated, actual);
}

function badDigest(name: string, stated: string, actual: string): ServiceError {
  const message = `The ${name} you specified did not match the calculated checksum.`;
  return new ServiceError('BadDigest', message, 400, { ExpectedDigest: stated, CalculatedDigest: actual });
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
