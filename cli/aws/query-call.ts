/** One call of a service that speaks AWS's Query protocol, signed, without its SDK client. */
import type { SignedResponse } from '../../reconciler/aws/signed-request.ts';
import { type AwsAccess, serviceUrl } from './access.ts';
import { askAws } from './answers.ts';

const VERSIONS = { ec2: '2016-11-15', iam: '2010-05-08', sts: '2011-06-15' };
/** IAM is one for all regions, and signs for this one. */
const IAM = { url: 'https://iam.amazonaws.com', region: 'us-east-1' };

interface QueryCall {
  /** Completes "could not …". */
  doing: string;
  service: keyof typeof VERSIONS;
  /** `Action` among them, such as `{ Action: 'DescribeSubnets', 'SubnetId.1': '…' }`. */
  parameters: Record<string, string> & { Action: string };
}

/** `DescribeSubnets` is "describe subnets". */
export const spoken = (operation: string): string =>
  operation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();

export function queryCall(access: AwsAccess, { doing, service, parameters }: QueryCall): Promise<SignedResponse> {
  const global = service === 'iam' ? IAM : undefined;
  const url = access.endpoint === undefined && global ? global.url : serviceUrl(access, service);
  const { Action, ...others } = parameters;
  return askAws(access, doing, {
    method: 'POST',
    url: `${url}/`,
    service,
    region: global?.region ?? access.region,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Action, Version: VERSIONS[service], ...others }).toString(),
  });
}
