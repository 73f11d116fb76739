/** Takes apart a body sent as `aws-chunked`: chunks with or without signatures, and trailing headers (S3 API, "Signature calculations … multiple chunks"). */
import { createHash, createHmac } from 'node:crypto';
import { getSigningKey } from '@smithy/signature-v4';
import { ServiceError, type WireRequest } from '../kernel.ts';
import { Sha256, type SignatureClaim } from '../signature.ts';

interface Chunk {
  data: Uint8Array;
  signature: string | undefined;
}

interface Chunked {
  chunks: Chunk[];
  trailers: Record<string, string>;
}

/** The request with its real body, its trailers among the headers and no trace of the chunks; other requests as they are. */
export async function withoutChunks(request: WireRequest, claim: SignatureClaim, secret: string): Promise<WireRequest> {
  const mode = request.headers['x-amz-content-sha256'] ?? '';
  if (!mode.startsWith('STREAMING-')) return request;
  const { chunks, trailers } = parseChunks(Buffer.from(request.body));
  if (mode.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'))
    await checkChunks(chunks, trailers, request, claim, secret);
  else if (mode !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new ServiceError('NotImplemented', `The local cloud does not implement ${mode}.`, 501);
  const body = Buffer.concat(chunks.map(({ data }) => data));
  checkLength(request, body.length);
  return { ...request, headers: { ...plainHeaders(request.headers), ...trailers }, body };
}

function parseChunks(bytes: Buffer): Chunked {
  const chunks: Chunk[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) throw incomplete();
    const [, size, signature] =
      /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(bytes.toString('latin1', at, end)) ?? [];
    if (size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    const data = bytes.subarray(end + 2, end + 2 + length);
    if (data.length < length) throw incomplete();
    chunks.push({ data, signature });
    if (length === 0) return { chunks, trailers: parseTrailers(bytes.toString('utf8', end + 2)) };
    at = end + 2 + length + 2;
  }
}

function parseTrailers(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}

/** Each signature covers the one before it, so chunks can be neither changed nor reordered. */
async function checkChunks(
  chunks: Chunk[],
  trailers: Record<string, string>,
  request: WireRequest,
  claim: SignatureClaim,
  secret: string,
) {
  const credentials = { accessKeyId: claim.accessKeyId, secretAccessKey: secret };
  const key = await getSigningKey(Sha256, credentials, claim.scopeDate, claim.region, claim.service);
  const scope = `${claim.scopeDate}/${claim.region}/${claim.service}/aws4_request`;
  const sign = (algorithm: string, previous: string, ...hashes: string[]) =>
    createHmac('sha256', key)
      .update([algorithm, request.headers['x-amz-date'], scope, previous, ...hashes].join('\n'))
      .digest('hex');
  let previous = claim.signature;
  for (const { data, signature } of chunks) {
    const expected = sign('AWS4-HMAC-SHA256-PAYLOAD', previous, sha256(''), sha256(data));
    if (signature !== expected) throw mismatch('a chunk');
    previous = expected;
  }
  const { 'x-amz-trailer-signature': stated, ...rest } = trailers;
  if (stated === undefined && Object.keys(rest).length === 0) return;
  const lines = Object.entries(rest)
    .sort()
    .map(([name, value]) => `${name}:${value}\n`);
  if (stated !== sign('AWS4-HMAC-SHA256-TRAILER', previous, sha256(lines.join('')))) throw mismatch('the trailer');
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

function plainHeaders(headers: Record<string, string>): Record<string, string> {
  const { 'content-encoding': encoding = '', ...rest } = headers;
  const left = encoding
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked');
  return left.length > 0 ? { ...rest, 'content-encoding': left.join(',') } : rest;
}

function checkLength(request: WireRequest, actual: number): void {
  const stated = request.headers['x-amz-decoded-content-length'];
  if (stated === undefined)
    throw new ServiceError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  if (Number(stated) !== actual) throw incomplete();
}

function incomplete(): ServiceError {
  return new ServiceError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    400,
  );
}

function mismatch(what: string): ServiceError {
  return new ServiceError('SignatureDoesNotMatch', `The signature of ${what} does not match.`, 403);
}
