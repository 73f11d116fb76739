/** Where AWS is and who asks: what every signed request of the CLI needs. */
import type { CredentialSource } from '../../reconciler/aws/signed-request.ts';

export interface AwsAccess {
  region: string;
  /** Base URL of every service; undefined: AWS's own. */
  endpoint: string | undefined;
  credentials: CredentialSource;
}

/** Base URL of a regional service, without a slash at the end. `service` is its name in AWS's host names. */
export function serviceUrl(access: Pick<AwsAccess, 'region' | 'endpoint'>, service: string): string {
  return access.endpoint?.replace(/\/+$/, '') ?? `https://${service}.${access.region}.amazonaws.com`;
}
