/** AWS's own worked example of a body in signed chunks ("Signature calculations … chunked upload", S3 API reference), whole and tampered with. */
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../kernel.ts';
import { parseClaim, type SignatureClaim, verifySignature } from '../signature.ts';
import { withoutChunks } from './aws-chunked.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const SIGNATURES = [
  'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
  '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
  'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
];
const chunk = (size: number, signature = '', letter = 'a') =>
  `${size.toString(16)};chunk-signature=${signature}\r\n${letter.repeat(size)}\r\n`;

function example(body = [65_536, 1024, 0].map((size, n) => chunk(size, SIGNATURES[n])).join('')): WireRequest {
  const signed =
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class';
  const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  return {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: new URLSearchParams(),
    headers: {
      host: 's3.amazonaws.com',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${seed}`,
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '66560',
      'content-length': '66824',
    },
    body: Buffer.from(body),
  };
}
const unchunked = (request: WireRequest) => withoutChunks(request, parseClaim(request) as SignatureClaim, SECRET);

describe('a body in chunks', () => {
  it('is whole again when every signature fits', async () => {
    const request = example();
    const claim = parseClaim(request) as SignatureClaim;
    const caller = { accessKeyId: claim.accessKeyId, arn: '', account: '', userId: '' };
    const find = () => ({ secretAccessKey: SECRET, caller });
    await verifySignature(request, claim, { find, now: Date.UTC(2013, 4, 24), checkSkew: true });
    const { body, headers } = await unchunked(request);
    expect(Buffer.from(body).toString()).toBe('a'.repeat(66_560));
    expect(headers['content-encoding']).toBeUndefined();
  });
  it('is refused when a chunk was changed, left out or cut', async () => {
    const changed = chunk(65_536, SIGNATURES[0], 'b') + chunk(1024, SIGNATURES[1]) + chunk(0, SIGNATURES[2]);
    await expect(unchunked(example(changed))).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    const leftOut = chunk(65_536, SIGNATURES[0]) + chunk(0, SIGNATURES[2]);
    await expect(unchunked(example(leftOut))).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    const cut = chunk(65_536, SIGNATURES[0]).slice(0, 1000);
    await expect(unchunked(example(cut))).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
  it('brings its trailers along as headers', async () => {
    const request = example('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n');
    request.headers['x-amz-content-sha256'] = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    request.headers['x-amz-decoded-content-length'] = '5';
    const { body, headers } = await unchunked(request);
    expect(Buffer.from(body).toString()).toBe('hello');
    expect(headers['x-amz-checksum-crc32']).toBe('NhCmhg==');
  });
});
