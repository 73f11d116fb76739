/** What a client of the AWS SDK throws, as the failures in which every other request of the CLI ends. */
import { errorKind } from '../../reconciler/aws/errors.ts';
import { NoAnswer } from '../../reconciler/aws/signed-request.ts';
import { Failure, isFailure } from '../failure.ts';
import { type AwsAccess, serviceUrl } from './access.ts';
import { failureOf, silence } from './answers.ts';

interface SdkError extends Error {
  /** Of the system. */
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

/** @param doing completes "could not …" @returns the error itself where it is no answer, and none that did not come */
export function sdkFailure(access: AwsAccess, service: string, doing: string, error: unknown): unknown {
  // Of credentials that were not to be had.
  if (isFailure(error)) return error;
  const { name, message, code, $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  // Of an answer that was a success, only its body can have been lost on the way.
  if (status === undefined || status < 300) {
    if (status === undefined && code === undefined && name !== 'TimeoutError') return error;
    return silence(access, doing, serviceUrl(access, service), new NoAnswer(message, code ?? 'ETIMEDOUT', error));
  }
  if (errorKind(error) === 'absent')
    return new Failure('notFound', `could not ${doing}: ${name}: ${message}`, {
      next: 'the same command again, or bbf doctor, which says what is there',
    });
  return failureOf(doing, { status, code: name, message, answeredAt: Date.parse($response?.headers?.date ?? '') });
}
