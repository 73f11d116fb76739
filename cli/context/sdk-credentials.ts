/** The AWS SDK's chain of credentials: SSO, assumed roles, containers, instances. Loaded only where plain keys do not do. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { Credentials } from '../../reconciler/aws/signed-request.ts';
import { Failure } from '../failure.ts';

export function sdkCredentials(profile: string | undefined): () => Promise<Credentials> {
  const provider = defaultProvider(profile === undefined ? {} : { profile });
  return async () => {
    try {
      return await provider();
    } catch (error) {
      throw new Failure('permission', `no AWS credentials were found: ${(error as Error).message}`, {
        next: 'aws configure, aws sso login, or bbf use local',
      });
    }
  };
}
