/** What the codecs share: the request's id, and answers in plain form. */
import type { WireRequest, WireResponse } from '../kernel.ts';

/** The cloud gives each request an id before a codec sees it; AWS repeats it in the answer. */
export const REQUEST_ID_HEADER = 'x-amzn-requestid';

export function requestId(request: WireRequest): string {
  return request.headers[REQUEST_ID_HEADER] ?? '00000000-0000-4000-8000-000000000000';
}

export function xmlAnswer(status: number, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

export function bodyText(request: WireRequest): string {
  return Buffer.from(request.body).toString('utf8');
}
