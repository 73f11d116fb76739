/** The one table that turns the error names of AWS's services into what bbf does next. What some of them tell a person is in cli/. */

/** stalled: a person must act. waiting: it passes by itself. conflict: read again. absent: the thing does not exist. unexpected: thrown on. */
type ErrorKind = 'stalled' | 'waiting' | 'conflict' | 'absent' | 'unexpected';

const KINDS: Record<string, ErrorKind> = {
  AccessDenied: 'stalled',
  AccessDeniedException: 'stalled',
  UnauthorizedOperation: 'stalled',
  InvalidParameterException: 'stalled',
  InvalidParameterValue: 'stalled',
  InsufficientCapabilitiesException: 'stalled',
  LimitExceededException: 'stalled',
  UnsupportedFeatureException: 'stalled',
  PlatformUnknownException: 'stalled',
  ExpiredToken: 'waiting',
  ExpiredTokenException: 'waiting',
  RequestTimeTooSkewed: 'stalled',
  Throttling: 'waiting',
  ThrottlingException: 'waiting',
  TooManyRequestsException: 'waiting',
  RequestLimitExceeded: 'waiting',
  SlowDown: 'waiting',
  ServiceUnavailable: 'waiting',
  ServiceUnavailableException: 'waiting',
  InternalError: 'waiting',
  InternalFailure: 'waiting',
  ServerException: 'waiting',
  TimeoutError: 'waiting',
  NetworkingError: 'waiting',
  ECONNREFUSED: 'waiting',
  ECONNRESET: 'waiting',
  ETIMEDOUT: 'waiting',
  PreconditionFailed: 'conflict',
  ConditionalRequestConflict: 'conflict',
  ConcurrentModificationException: 'conflict',
  TokenAlreadyExistsException: 'conflict',
  AlreadyExistsException: 'conflict',
  OperationInProgressException: 'waiting',
  ServiceNotActiveException: 'conflict',
  NoSuchKey: 'absent',
  NotFound: 'absent',
  NoSuchVersion: 'absent',
  ServiceNotFoundException: 'absent',
  ClusterNotFoundException: 'stalled',
  NoSuchBucket: 'stalled',
};

/** Too many requests for now; protocols other than S3's say so with the status of a mistake. */
const THROTTLED = new Set(['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded']);

export const isThrottled = (name: string): boolean => THROTTLED.has(name);

/** A right is missing; services that speak JSON say so with the status of a mistake. */
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);

export const isDenied = (name: string): boolean => DENIED.has(name);

/** Another request for the same thing was under way: nothing was done, and the same request may succeed now. */
export const isCollision = (error: unknown): boolean => COLLISIONS.has((error as AwsError).name ?? '');

const COLLISIONS = new Set(['ConditionalRequestConflict', 'ConcurrentModificationException']);

interface AwsError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

export function errorKind(error: unknown): ErrorKind {
  const { name = '', message = '', code = '', $metadata } = error as AwsError;
  if (name === 'ValidationError') return validationKind(message);
  const known = KINDS[name] ?? KINDS[code];
  if (known) return known;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 412 || status === 409) return 'conflict';
  if (status === 404) return 'absent';
  if (status === 403) return 'stalled';
  if (status === 429 || status >= 500) return 'waiting';
  return 'unexpected';
}

/** CloudFormation has one error name for a missing stack, a busy stack, nothing to do, and a bad template. */
function validationKind(message: string): ErrorKind {
  if (/does not exist/.test(message)) return 'absent';
  if (/is in [A-Z_]+ state and can ?not |_IN_PROGRESS|cannot be called from current stack status/.test(message))
    return 'conflict';
  return 'stalled';
}

/** True for the error by which CloudFormation says that a stack is already as wanted. */
export function nothingToUpdate(error: unknown): boolean {
  return /No updates are to be performed/.test((error as AwsError).message ?? '');
}

export function errorText(error: unknown): string {
  const { name, message, code } = error as AwsError;
  const label = name && name !== 'Error' ? name : code;
  return label ? `${label}: ${message}` : String(message ?? error);
}
