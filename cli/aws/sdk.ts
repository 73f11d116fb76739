/** What clients of the AWS SDK need to be told of where AWS is and who asks. */
import type { AwsAccess } from './access.ts';

export function sdkConfig({ region, endpoint, credentials }: AwsAccess) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: async () => {
      const found = typeof credentials === 'function' ? await credentials() : credentials;
      const { accessKeyId, secretAccessKey, sessionToken } = found;
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    },
  };
}
