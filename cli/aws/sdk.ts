/** What clients of the AWS SDK need to be told of where AWS is and who asks. */
import type { AwsAccess } from './access.ts';
import { TRY_MS } from './answers.ts';

const CONNECTION_TIMEOUT_MS = 3_000;

export function sdkConfig({ region, endpoint, credentials, patience }: AwsAccess) {
  return {
    region,
    // The SDK's default is to wait for ever.
    requestHandler: {
      requestTimeout: Math.min(TRY_MS, patience?.timeoutMs ?? TRY_MS),
      throwOnRequestTimeout: true,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: async () => {
      const found = typeof credentials === 'function' ? await credentials() : credentials;
      const { accessKeyId, secretAccessKey, sessionToken } = found;
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    },
  };
}
