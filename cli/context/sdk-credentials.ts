/** The AWS SDK's chain of credentials: SSO, assumed roles, containers, instances. Loaded only where plain keys do not do. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Credentials } from '../../reconciler/aws/signed-request.ts';
import type { Settings } from '../settings.ts';
import { noCredentials } from './no-credentials.ts';

/** @param profile the one that was named, or undefined */
export function sdkCredentials(
  profile: string | undefined,
  settings: Settings,
  toLocalCloud: string | undefined,
): () => Promise<Credentials> {
  const provider = defaultProvider(profile === undefined ? {} : { profile });
  return async () => {
    try {
      return await provider();
    } catch (error) {
      throw noCredentials(error as Error, profile, settings, toLocalCloud);
    }
  };
}
