/** The errors of injected faults, with the names by which the SDK says the same. */
import type { CallFaultKind } from './story.ts';

interface Shape {
  name: string;
  status?: number;
  message: string;
  code?: string;
}

/** Undefined for faults that are no error to the caller. */
export function errorOf(kind: CallFaultKind, point: string): Error | undefined {
  const shape = shapeOf(kind, point);
  if (!shape) return undefined;
  const { name, status, message, code } = shape;
  return Object.assign(new Error(message), {
    name,
    ...(code && { code }),
    $metadata: status === undefined ? {} : { httpStatusCode: status },
  });
}

function shapeOf(kind: CallFaultKind, point: string): Shape | undefined {
  const s3 = point.startsWith('documents.');
  switch (kind) {
    case 'throttled':
      return s3
        ? { name: 'SlowDown', status: 503, message: 'Please reduce your request rate.' }
        : { name: 'ThrottlingException', status: 400, message: 'Rate exceeded' };
    case 'unavailable':
    case 'lost-5xx':
      return s3
        ? { name: 'InternalError', status: 500, message: 'We encountered an internal error. Please try again.' }
        : { name: 'ServiceUnavailable', status: 503, message: 'The service is unavailable.' };
    case 'denied':
      return { name: 'AccessDenied', status: 403, message: 'Access Denied' };
    case 'truncated':
      return { name: 'Error', code: 'ECONNRESET', message: 'aborted' };
    case 'conflict':
      return point === 'schedule.setFast'
        ? { name: 'ConcurrentModificationException', status: 400, message: 'The rule is being modified.' }
        : undefined;
    case 'timeout':
    case 'lost':
    case 'late':
      return { name: 'TimeoutError', message: 'The request timed out after 10000 ms' };
    default:
      return undefined;
  }
}
