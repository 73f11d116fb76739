/** Where AWS is and who asks: what every signed request of the CLI needs. */
import type { CredentialSource } from '../../reconciler/aws/signed-request.ts';

export interface AwsAccess {
  region: string;
  /** Base URL of every service; undefined: AWS's own. */
  endpoint: string | undefined;
  /** It is the local cloud's, and no other's that a context or AWS_ENDPOINT_URL names. */
  isLocalCloud?: boolean;
  /** What to type where nothing answers there; absent: bbf config tells who named it. */
  ifSilent?: string | undefined;
  credentials: CredentialSource;
  patience?: Patience | undefined;
}

/** Of a question to AWS that nobody answers. */
export interface Patience {
  /** Milliseconds for each, with all its tries; absent: as long as these take. */
  timeoutMs?: number | undefined;
  /** Told while the first answer takes long; what waits for later ones shows that itself. */
  note?: ((text: string) => void) | undefined;
  /** Some answer has come. */
  isAnswered?: boolean;
}

/** Base URL of a regional service, without a slash at the end. `service` is its name in AWS's host names. */
export function serviceUrl(access: Pick<AwsAccess, 'region' | 'endpoint'>, service: string): string {
  return access.endpoint?.replace(/\/+$/, '') ?? `https://${service}.${access.region}.amazonaws.com`;
}

/** What to type where nothing answers there. */
export function howToReach({
  endpoint,
  isLocalCloud,
  ifSilent,
}: Pick<AwsAccess, 'endpoint' | 'isLocalCloud' | 'ifSilent'>): string {
  if (isLocalCloud) return 'bbf local up';
  if (ifSilent !== undefined) return ifSilent;
  if (endpoint !== undefined)
    return 'start what answers there, or name another endpoint: bbf config shows who named it';
  return 'check the network, and the region in that address; bbf contexts tells those of contexts';
}
