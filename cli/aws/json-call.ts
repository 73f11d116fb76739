/** One call of a service that speaks AWS JSON 1.1, signed, without its SDK client. */
import { type AwsAccess, serviceUrl } from './access.ts';
import { askAws, errorCode, jsonOf, refusal } from './answers.ts';

interface JsonCall {
  /** Completes "could not …". */
  doing: string;
  /** Signing name. */
  service: 'ecr' | 'ecs' | 'events' | 'logs' | 'tagging';
  /** The service in AWS's host names, where that is not its signing name. */
  host?: string;
  /** What `X-Amz-Target` says: the API's version and the operation. */
  target: string;
  input: object;
  /** The error that means that there is nothing to do. */
  absent?: string;
}

/** @returns undefined for the error that is named in `absent` */
export async function jsonCall<T>(access: AwsAccess, call: JsonCall): Promise<T | undefined> {
  const answer = await askAws(access, call.doing, {
    method: 'POST',
    url: `${serviceUrl(access, call.host ?? call.service)}/`,
    service: call.service,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': call.target },
    body: JSON.stringify(call.input),
  });
  if (answer.status === 200) return answer.body.length === 0 ? ({} as T) : jsonOf<T>(call.doing, answer);
  if (call.absent !== undefined && errorCode(answer).endsWith(call.absent)) return undefined;
  throw refusal(call.doing, answer);
}
