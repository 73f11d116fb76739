import { describe, expect, it } from 'vitest';
import { directoryCodec } from './codec.ts';
import { requireRole } from './identity.ts';
import { parseReadName, parseWriteName, readName, writeName } from './resource-name.ts';
import { Code } from './status.ts';
import { milliseconds, timestamp } from './timestamp.ts';

const hash = 'ab'.repeat(32);
const digest = { hash, sizeBytes: 12 };

describe('resource names', () => {
  it.each([readName(digest), `main/${readName(digest)}`, `a/b/c/${readName(digest)}`])('reads %s', (name) => {
    expect(parseReadName(name)).toEqual(digest);
  });
  it.each([writeName(digest, 'u'), `i/n/${writeName(digest, 'u')}`, `${writeName(digest, 'u')}/some/metadata`])(
    'writes %s',
    (name) => {
      expect(parseWriteName(name)).toEqual(digest);
    },
  );
  const bad = [
    '',
    'blobs',
    `blobs/${hash}`,
    `blobs/${hash}/-1`,
    `blobs/${hash}/1.5`,
    `blobs/${hash}/12/more`,
    `blobs/../../etc/12`,
    `blobs/${hash.toUpperCase()}/12`,
    `compressed-blobs/zstd/${hash}/12`,
  ];
  it.each(bad)('refuses to read %j', (name) => {
    expect(() => parseReadName(name)).toThrow(expect.objectContaining({ code: Code.INVALID_ARGUMENT }));
  });
  it.each([...bad, readName(digest), `uploads/u/compressed-blobs/zstd/${hash}/12`])('refuses to write %j', (name) => {
    expect(() => parseWriteName(name)).toThrow(expect.objectContaining({ code: Code.INVALID_ARGUMENT }));
  });
});

describe('identities', () => {
  it('may call what their role may', () => {
    const identity = { role: 'client', cluster: 'main', arn: '' } as const;
    expect(requireRole(identity, ['client', 'worker'], 'm')).toBe(identity);
    const denied = expect.objectContaining({ code: Code.PERMISSION_DENIED });
    expect(() => requireRole(identity, ['worker'], 'm')).toThrow(denied);
    expect(() => requireRole('why not', ['worker'], 'm')).toThrow(denied);
    expect(() => requireRole(undefined, ['worker'], 'm')).toThrow(denied);
  });
});

describe('messages', () => {
  it('have sizes beyond 32 bits as plain numbers', () => {
    const bytes = directoryCodec.encode({ files: [{ name: 'f', digest: { hash, sizeBytes: 2 ** 40 + 1 } }] });
    expect(directoryCodec.decode(bytes).files[0]?.digest?.sizeBytes).toBe(2 ** 40 + 1);
  });
  it('have instants of any fraction', () => {
    for (const instant of [0, 1.5, 1_795_476_648_347, -0.5])
      expect(milliseconds(timestamp(instant))).toBeCloseTo(instant, 5);
  });
});
