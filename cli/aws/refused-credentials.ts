/** What AWS says of credentials that it does not take, in S3's words and in those of its other services, and what to do about each. */

interface RefusedCredentials {
  /** Completes "could not …: ". */
  what: string;
  next: string;
}

const EXPIRED: RefusedCredentials = {
  what: 'the AWS credentials have expired',
  next: 'aws sso login, or get new ones where they came from; bbf config shows which are used',
};
const UNKNOWN: RefusedCredentials = {
  what: 'AWS knows no such access key, or not with this session token',
  next: 'bbf config shows which credentials are used; aws sts get-caller-identity tries them',
};
const MISMATCH: RefusedCredentials = {
  what: 'the secret key does not belong to the access key',
  next: 'correct the credentials that bbf config shows; aws sts get-caller-identity tries them',
};

/** EC2 has one code for all that may be wrong with a key. */
const NOT_TAKEN: RefusedCredentials = {
  what: 'AWS does not take this access key, its secret or its session token',
  next: UNKNOWN.next,
};

const byCode: Record<string, RefusedCredentials> = {
  AuthFailure: NOT_TAKEN,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  InvalidAccessKeyId: UNKNOWN,
  InvalidClientTokenId: UNKNOWN,
  InvalidToken: UNKNOWN,
  UnrecognizedClientException: UNKNOWN,
  SignatureDoesNotMatch: MISMATCH,
};

/** Milliseconds by which a clock may be wrong; S3 allows more. */
const ALLOWED_SKEW_MS = 5 * 60_000;
const SKEW = /^(RequestTimeTooSkewed|RequestExpired)$/;
/** Services that speak JSON have one code for a wrong clock and for a wrong key. */
const SKEWED_SIGNATURE = /^Signature (expired|not yet current)/i;

/**
 * undefined where the credentials are not what is wrong.
 * @param answeredAt what the server's clock said, milliseconds; NaN where it did not say
 */
export function refusedCredentials(
  { code, message }: { code: string; message: string },
  answeredAt: number,
  now: number,
): RefusedCredentials | undefined {
  // EC2 says so of a wrong clock and of a session that has ended.
  if (code === 'RequestExpired' && Math.abs(now - answeredAt) <= ALLOWED_SKEW_MS) return EXPIRED;
  if (SKEW.test(code) || SKEWED_SIGNATURE.test(message)) return skewed(answeredAt, now);
  if (code === 'InvalidSignatureException') return MISMATCH;
  return Object.hasOwn(byCode, code) ? byCode[code] : undefined;
}

function skewed(answeredAt: number, now: number): RefusedCredentials {
  const minutes = Math.round(Math.abs(now - answeredAt) / 60_000);
  const by = minutes > 0 ? `${minutes} minutes ${now > answeredAt ? 'ahead' : 'behind'}` : 'wrong';
  return {
    what: `this machine’s clock is ${by}, and AWS takes no request signed with it`,
    next: 'set the clock, e.g. timedatectl set-ntp true',
  };
}
