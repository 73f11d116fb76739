/** What AWS says when it refuses, in XML or JSON, and the failure that a person sees for it. */
import { isDenied, isThrottled } from '../../reconciler/aws/errors.ts';
import {
  NoAnswer,
  type SignedRequest,
  type SignedResponse,
  signedRequest,
} from '../../reconciler/aws/signed-request.ts';
import { Failure } from '../failure.ts';
import { elapsed } from '../output/elapsed.ts';
import { parsed } from '../parsed.ts';
import { type AwsAccess, howToReach } from './access.ts';
import { refusedCredentials } from './refused-credentials.ts';
import { element } from './xml.ts';

interface AwsError {
  /** Of HTTP. */
  status: number;
  code: string;
  message: string;
  /** What the server's clock said, milliseconds; NaN where it did not say. */
  answeredAt: number;
}

function awsErrorOf(answer: SignedResponse): AwsError {
  const { status, headers } = answer;
  return { status, answeredAt: Date.parse(headers.date ?? ''), ...wordsOf(answer) };
}

function wordsOf(answer: SignedResponse): Pick<AwsError, 'code' | 'message'> {
  const text = answer.body.toString('utf8');
  const headerType = String(answer.headers['x-amzn-errortype'] ?? '').split(':')[0] ?? '';
  const json = objectIn(text);
  if (json !== undefined) {
    const code = headerType || json.error || json.Code || json.__type || json.Type || `HTTP ${answer.status}`;
    // In `__type` the name stands behind the service's namespace.
    return { code: String(code).replace(/^.*#/, ''), message: String(json.message ?? json.Message ?? text) };
  }
  return {
    code: element(text, 'Code') ?? (headerType || `HTTP ${answer.status}`),
    message: element(text, 'Message') ?? (beginningOf(text) || NO_WORDS),
  };
}

/** An answer to HEAD has no body, nor has one of some proxies. */
const NO_WORDS = 'the answer has no words';

/** Where S3 says that the bucket is, if that is not where it was asked for. */
export function otherRegion({ region }: Pick<AwsAccess, 'region'>, answer: SignedResponse): string | undefined {
  if (answer.status < 300) return undefined;
  const said = answer.headers['x-amz-bucket-region'] ?? element(answer.body.toString('utf8'), 'Region');
  return typeof said === 'string' && said !== region ? said : undefined;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  const value = parsed(text);
  return typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
}

const beginningOf = (text: string) => text.slice(0, 200).replaceAll(/\s+/g, ' ').trim();

/**
 * What a service that speaks JSON has answered with success.
 * @param doing completes "could not …"
 * @throws Failure (protocol) where it is none, e.g. the sign-in page of a network
 */
export function jsonOf<T>(doing: string, answer: SignedResponse): T {
  const json = objectIn(answer.body.toString('utf8'));
  if (json === undefined) throw notUnderstood(doing, answer, 'no JSON');
  return json as T;
}

/**
 * A listing of S3, which without its root element is none, and never an empty one.
 * @param doing completes "could not …"
 * @throws Failure (protocol)
 */
export function listingOf(
  doing: string,
  answer: SignedResponse,
  root: 'ListBucketResult' | 'ListVersionsResult',
): string {
  const xml = answer.body.toString('utf8');
  if (!new RegExp(`<${root}[\\s>]`).test(xml)) throw notUnderstood(doing, answer, 'no listing of S3');
  return xml;
}

/** Where what answers is not AWS. */
export const LOOK_WHO_ANSWERS =
  'look at what answers in the place of AWS, such as a proxy or the sign-in page of a network; bbf config shows the endpoint';

function notUnderstood(doing: string, { status, body }: SignedResponse, what: string): Failure {
  const seen = beginningOf(body.toString('utf8'));
  return new Failure('protocol', `could not ${doing}: the answer, HTTP ${status}, is ${what}: ${seen}`, {
    next: LOOK_WHO_ANSWERS,
  });
}

/** AWS's name of the error, e.g. `ResourceNotFoundException`. */
export const errorCode = (answer: SignedResponse): string => awsErrorOf(answer).code;

/** `doing` completes "could not …", e.g. `read clusters/main/status.json`. */
export const refusal = (doing: string, answer: SignedResponse): Failure => failureOf(doing, awsErrorOf(answer));

/** @param doing completes "could not …" */
export function failureOf(doing: string, error: AwsError): Failure {
  const { status, code, message, answeredAt } = error;
  const text = `could not ${doing}: ${code}: ${message}`;
  const refused = refusedCredentials({ code, message }, answeredAt, Date.now());
  if (refused !== undefined)
    return new Failure('permission', `could not ${doing}: ${refused.what}`, {
      details: [`${code}: ${message}`],
      next: refused.next,
    });
  if (status === 401 || status === 403 || isDenied(code))
    return new Failure('permission', text, {
      next: `ask an administrator for the right ${message === NO_WORDS ? `to ${doing}` : 'that is named above'}`,
    });
  if (code === 'NoSuchBucket')
    return new Failure('configuration', text, { next: 'bbf doctor, which says how it is made' });
  if (isBusy(error)) return new Failure('unavailable', text, { next: 'the same again in a minute' });
  const first = message === NO_WORDS ? 'bbf doctor' : 'correct what the message names';
  return new Failure('protocol', text, { next: `${first}, then the same command again` });
}

const isBusy = ({ status, code }: AwsError): boolean =>
  status >= 500 || status === 429 || (status === 400 && isThrottled(code));

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/** For one try. */
export const TRY_MS = 30_000;
/** An answer takes a fraction of a second. */
const LONG_MS = 3_000;

/** Region and credentials are those of the access, unless the service wants others. */
export type AwsRequest = Omit<SignedRequest, 'region' | 'credentials'> & Partial<Pick<SignedRequest, 'region'>>;

export const signedFor = ({ region, credentials }: AwsAccess, request: AwsRequest): SignedRequest => ({
  region,
  credentials,
  ...request,
});

/**
 * Sends a request that may safely be sent twice; tries again while AWS is busy or silent.
 * @throws Failure (unavailable) when nothing answers, (timeout) when it does not while there is patience
 */
export async function askAws(access: AwsAccess, doing: string, request: AwsRequest): Promise<SignedResponse> {
  const { patience = {} } = access;
  const { origin } = new URL(request.url);
  const say = () => {
    if (!patience.isAnswered) patience.note?.(`waiting for ${origin}, which has not answered for ${elapsed(LONG_MS)}`);
  };
  const timer = setTimeout(say, LONG_MS).unref();
  const answer = await tryAgain(access, doing, request).finally(() => clearTimeout(timer));
  patience.isAnswered = true;
  return answer;
}

async function tryAgain(access: AwsAccess, doing: string, request: AwsRequest): Promise<SignedResponse> {
  const patienceMs = access.patience?.timeoutMs ?? Number.POSITIVE_INFINITY;
  const until = Date.now() + patienceMs;
  const tryMs = () => Math.min(request.timeoutMs ?? TRY_MS, Math.max(1, until - Date.now()));
  for (let attempt = 1; ; attempt++) {
    const last = attempt === ATTEMPTS;
    try {
      const answer = await signedRequest({ ...signedFor(access, request), timeoutMs: tryMs() });
      if (last || answer.status < 400 || !isBusy(awsErrorOf(answer))) return answer;
    } catch (error) {
      if (error instanceof NoAnswer && error.code === 'ETIMEDOUT' && Date.now() >= until)
        throw outOfPatience(access, doing, request.url, patienceMs);
      // Nobody listens: that does not mend itself within a second.
      if (!(error instanceof NoAnswer) || last || error.code === 'ECONNREFUSED')
        throw silence(access, doing, request.url, error);
    }
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
  }
}

const outOfPatience = (access: AwsAccess, doing: string, url: string | URL, patienceMs: number): Failure =>
  new Failure('timeout', `could not ${doing}: ${new URL(url).origin} did not answer within ${elapsed(patienceMs)}`, {
    next: howToReach(access),
  });

/** Turns a missing answer into a failure with the next step; any other error stays what it is. */
export function silence(access: AwsAccess, doing: string, url: string | URL, error: unknown): unknown {
  if (!(error instanceof NoAnswer)) return error;
  return new Failure('unavailable', `could not ${doing}: ${new URL(url).origin} does not answer (${error.code})`, {
    next: howToReach(access),
  });
}
