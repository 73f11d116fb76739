/** Checks AWS Signature Version 4: the request is signed again with the key it names, and both signatures must agree. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Caller, WireRequest } from './kernel.ts';

/** What the `Authorization` header claims. */
export interface SignatureClaim {
  accessKeyId: string;
  /** Region and signing name of the service, from the credential scope. */
  region: string;
  service: string;
  /** YYYYMMDD of the credential scope. */
  scopeDate: string;
  signedHeaders: string[];
  signature: string;
}

/** A key that the cloud has issued. */
export interface KnownKey {
  secretAccessKey: string;
  /** Temporary keys only. */
  sessionToken?: string;
  /** Milliseconds since the epoch; temporary keys only. */
  expiresAt?: number;
  caller: Caller;
}

export type SignatureFaultKind =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'mismatch'
  | 'skewed'
  | 'wrong-token'
  | 'expired-token'
  | 'wrong-region'
  | 'wrong-body';

/** Why a request was refused; each protocol has its own name for it (see `refusal.ts`). */
export class SignatureFault extends Error {
  readonly kind: SignatureFaultKind;
  constructor(kind: SignatureFaultKind, message: string) {
    super(message);
    this.name = 'SignatureFault';
    this.kind = kind;
  }
}

/** S3 allows 15 minutes between the signature's time and its own clock, all others 5 (General Reference, "Signing AWS API requests"). */
const SKEW_S3_MS = 15 * 60_000;
const SKEW_MS = 5 * 60_000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Undefined when the request carries no signature at all. */
export function parseClaim(request: WireRequest): SignatureClaim | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const [, accessKeyId, scopeDate, region, service, signedHeaders, signature] = AUTHORIZATION.exec(header) ?? [];
  if (!accessKeyId || !scopeDate || !region || !service || !signedHeaders || !signature) {
    throw new SignatureFault('malformed', `The authorization header is malformed: "${header.slice(0, 40)}…"`);
  }
  return { accessKeyId, scopeDate, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

interface Verification {
  find(accessKeyId: string): KnownKey | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  /** False where client and cloud have unrelated clocks. */
  checkSkew: boolean;
}

/** Who signed, or a `SignatureFault`. The request's body is as it came over the wire, chunks included. */
export async function verifySignature(
  request: WireRequest,
  claim: SignatureClaim,
  { find, now, checkSkew }: Verification,
): Promise<KnownKey> {
  const key = find(claim.accessKeyId);
  if (!key) throw new SignatureFault('unknown-key', 'The security token included in the request is invalid.');
  checkToken(request, key, now);
  const signedAt = signingInstant(request, claim);
  if (checkSkew) checkClock(signedAt, now, claim.service === 's3' ? SKEW_S3_MS : SKEW_MS);
  checkHeaders(request, claim);
  checkBody(request);
  const expected = await signatureOf(request, claim, key.secretAccessKey, signedAt);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))) {
    throw new SignatureFault(
      'mismatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  return key;
}

function checkToken(request: WireRequest, key: KnownKey, now: number): void {
  if (request.headers['x-amz-security-token'] !== key.sessionToken) {
    throw new SignatureFault('wrong-token', 'The provided token is malformed or otherwise invalid.');
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new SignatureFault('expired-token', 'The security token included in the request is expired');
  }
}

function signingInstant(request: WireRequest, claim: SignatureClaim): number {
  const text = request.headers['x-amz-date'] ?? '';
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(text) ?? [];
  if (date !== claim.scopeDate) {
    throw new SignatureFault('malformed', `X-Amz-Date is "${text}", the credential scope says ${claim.scopeDate}.`);
  }
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`);
}

function checkClock(signedAt: number, now: number, limitMs: number): void {
  if (Math.abs(now - signedAt) <= limitMs) return;
  const [signed, server] = [new Date(signedAt).toISOString(), new Date(now).toISOString()];
  const message = `Signature expired or not yet current: signed at ${signed}, the server's time is ${server}, ${limitMs / 60_000} min. are allowed.`;
  throw new SignatureFault('skewed', message);
}

/** `host` and every `x-amz-` header must be signed, else a proxy could add one (General Reference, "Create a canonical request"). */
function checkHeaders(request: WireRequest, claim: SignatureClaim): void {
  const signed = new Set(claim.signedHeaders);
  const must = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))];
  const missing = must.filter(
    (name) => !signed.has(name) && name !== 'x-amz-content-sha256' && name !== 'x-amz-user-agent',
  );
  if (missing.length > 0) {
    throw new SignatureFault(
      'mismatch',
      `There were headers present in the request which were not signed: ${missing.join(', ')}`,
    );
  }
}

function checkBody(request: WireRequest): void {
  const claimed = request.headers['x-amz-content-sha256'];
  if (claimed === undefined || claimed === 'UNSIGNED-PAYLOAD' || claimed.startsWith('STREAMING-')) return;
  const actual = createHash('sha256').update(request.body).digest('hex');
  if (actual === claimed) return;
  throw new SignatureFault(
    'wrong-body',
    `The provided 'x-amz-content-sha256' header does not match what was computed: ${actual}.`,
  );
}

async function signatureOf(request: WireRequest, claim: SignatureClaim, secretAccessKey: string, signedAt: number) {
  const signer = new SignatureV4({
    credentials: { accessKeyId: claim.accessKeyId, secretAccessKey },
    region: claim.region,
    service: claim.service,
    sha256: Sha256,
    applyChecksum: false,
    // S3 signs the path as it was sent; the others encode it once more.
    uriEscapePath: claim.service !== 's3',
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: request.headers.host ?? '',
      path: request.path,
      query: queryOf(request.query),
      headers: onlyHeaders(request, [...claim.signedHeaders, 'x-amz-content-sha256']),
      body: request.body,
    },
    {
      signingDate: new Date(signedAt),
      signableHeaders: new Set(claim.signedHeaders),
      unsignableHeaders: unsigned(claim),
    },
  );
  return /Signature=([0-9a-f]{64})$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
}

/** The payload's hash counts in any case, but the header that carries it only when it was signed. */
const unsigned = (claim: SignatureClaim) =>
  new Set(['x-amz-content-sha256'].filter((name) => !claim.signedHeaders.includes(name)));

function onlyHeaders(request: WireRequest, names: string[]): Record<string, string> {
  const present = names.filter((name) => request.headers[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, request.headers[name] ?? '']));
}

function queryOf(query: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

/** The hash that the signer wants: a digest, or with a secret an HMAC. */
export class Sha256 {
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;
  readonly #secret: Parameters<typeof createHmac>[1] | undefined;
  constructor(secret?: unknown) {
    this.#secret = secret as Parameters<typeof createHmac>[1] | undefined;
    this.#hash = this.#fresh();
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#fresh();
  }
  #fresh() {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}
