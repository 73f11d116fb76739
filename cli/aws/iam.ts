/** IAM's operations over signed requests. */
import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import { type AwsAccess, serviceUrl } from './access.ts';
import { askAws } from './answers.ts';

/** @param parameters of the Query protocol, `Action` among them */
export function askIam(
  access: AwsAccess,
  doing: string,
  parameters: Record<string, string> & { Action: string },
): Promise<SignedResponse> {
  return askAws(doing, {
    method: 'POST',
    url: `${access.endpoint === undefined ? 'https://iam.amazonaws.com' : serviceUrl(access, 'iam')}/`,
    service: 'iam',
    // IAM is one for all regions, and signs for this one.
    region: 'us-east-1',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString(),
    credentials: access.credentials,
  });
}
