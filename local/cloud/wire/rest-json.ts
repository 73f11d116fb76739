/** The REST-JSON protocol of Lambda: its errors, and its answers. */
import type { ServiceError, WireResponse } from '../kernel.ts';

export function restJsonError(error: ServiceError): WireResponse {
  const type = error.status < 500 ? 'User' : 'Service';
  const body = JSON.stringify({ Type: type, message: error.message, ...error.members });
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
    body,
  };
}

export function restJsonAnswer(status: number, body: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
