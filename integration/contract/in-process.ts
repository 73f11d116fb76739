/** Lets an SDK client talk to one service's codec within this process: no port, no signature. */
import type { Caller, WireHandler } from '../../local/cloud/kernel.ts';
import { sdkHandler } from './sdk-handler.ts';

/** Who every request is from. */
const CALLER: Caller = {
  accessKeyId: 'AKIA',
  arn: 'arn:aws:iam::000000000000:user/me',
  account: '000000000000',
  userId: 'AIDA',
};

/** Settings for any client of the SDK; errors come at once, as nothing is tried twice. */
export function inProcess(wire: WireHandler) {
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: sdkHandler({ handle: (request) => wire(request, CALLER) }),
  };
}
