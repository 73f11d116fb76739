/** How each service words a refused signature, and renders an error that no codec of its own has seen. */
import { ServiceError, type WireRequest, type WireResponse } from './kernel.ts';
import type { SignatureFault, SignatureFaultKind } from './signature.ts';
import { requestId } from './wire/answer.ts';
import { jsonError } from './wire/json.ts';
import { ec2Error, queryError } from './wire/query.ts';
import { restJsonError } from './wire/rest-json.ts';
import { restXmlError } from './wire/rest-xml.ts';

export type Protocol = 'rest-xml' | 'query' | 'ec2' | 'json' | 'rest-json';

type Wording = Record<SignatureFaultKind, [code: string, status: number]>;

/** S3: "Error responses", list of error codes. */
const REST_XML: Wording = {
  missing: ['AccessDenied', 403],
  malformed: ['AuthorizationHeaderMalformed', 400],
  'unknown-key': ['InvalidAccessKeyId', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  skewed: ['RequestTimeTooSkewed', 403],
  'wrong-token': ['InvalidToken', 400],
  'expired-token': ['ExpiredToken', 400],
  'wrong-region': ['AuthorizationHeaderMalformed', 400],
  'wrong-body': ['XAmzContentSHA256Mismatch', 400],
};

/** "Common errors" of STS, IAM and CloudFormation; a skewed clock is a mismatch that says so. */
const QUERY: Wording = {
  missing: ['MissingAuthenticationToken', 403],
  malformed: ['IncompleteSignature', 400],
  'unknown-key': ['InvalidClientTokenId', 403],
  mismatch: ['SignatureDoesNotMatch', 403],
  skewed: ['SignatureDoesNotMatch', 403],
  'wrong-token': ['InvalidClientTokenId', 403],
  'expired-token': ['ExpiredToken', 403],
  'wrong-region': ['SignatureDoesNotMatch', 403],
  'wrong-body': ['SignatureDoesNotMatch', 403],
};

/** EC2: "Error codes for the Amazon EC2 API". */
const EC2: Wording = {
  ...QUERY,
  missing: ['MissingAuthenticationToken', 401],
  'unknown-key': ['AuthFailure', 401],
  mismatch: ['AuthFailure', 401],
  skewed: ['RequestExpired', 400],
  'wrong-token': ['AuthFailure', 401],
  'expired-token': ['RequestExpired', 400],
  'wrong-region': ['AuthFailure', 401],
  'wrong-body': ['AuthFailure', 401],
};

/** What the JSON services' front end answers; the SDK knows these names. */
const JSON_RPC: Wording = {
  missing: ['MissingAuthenticationTokenException', 400],
  malformed: ['IncompleteSignatureException', 400],
  'unknown-key': ['UnrecognizedClientException', 400],
  mismatch: ['InvalidSignatureException', 400],
  skewed: ['InvalidSignatureException', 400],
  'wrong-token': ['UnrecognizedClientException', 400],
  'expired-token': ['ExpiredTokenException', 400],
  'wrong-region': ['InvalidSignatureException', 400],
  'wrong-body': ['InvalidSignatureException', 400],
};

const REST_JSON = Object.fromEntries(Object.entries(JSON_RPC).map(([kind, [code]]) => [kind, [code, 403]])) as Wording;

const WORDINGS: Record<Protocol, Wording> = {
  'rest-xml': REST_XML,
  query: QUERY,
  ec2: EC2,
  json: JSON_RPC,
  'rest-json': REST_JSON,
};

export function refusalOf(protocol: Protocol, fault: SignatureFault): ServiceError {
  const [code, status] = WORDINGS[protocol][fault.kind];
  return new ServiceError(code, fault.message, status);
}

export function renderError(protocol: Protocol, error: ServiceError, request: WireRequest): WireResponse {
  const id = requestId(request);
  if (protocol === 'rest-xml') return restXmlError(error, id, request.method);
  if (protocol === 'query') return queryError(error, id);
  if (protocol === 'ec2') return ec2Error(error, id);
  return protocol === 'json' ? jsonError(error) : restJsonError(error);
}
