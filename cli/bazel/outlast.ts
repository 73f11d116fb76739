/** Whether a build may start on its certificate: nobody knows how long a build takes, so it must be renewable meanwhile, or good for long. */

import type { KeptCertificate } from '../access/certificate.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, isFailure } from '../failure.ts';
import { elapsed } from '../output/elapsed.ts';

/** Most builds are over by then; a longer one that can't renew would lose its farm in the middle. */
const LONG_MS = 3_600_000;

interface Outlook {
  certificate: Pick<KeptCertificate, 'notAfter' | 'renewAt'>;
  /** Why it could not be renewed, although it was time to. */
  failure: Error | undefined;
  /** Milliseconds since the epoch at which the AWS credentials end for good; undefined where they don't, or renew themselves. */
  credentialsEnd: number | undefined;
}

/** Why the build could outlast the certificate; undefined where it may start. */
export function whyTooShort({ certificate, failure, credentialsEnd }: Outlook, now: number): Failure | undefined {
  const left = Date.parse(certificate.notAfter) - now;
  if (left >= LONG_MS) return undefined;
  const ends = `the certificate ends in ${elapsed(left)}, in the middle of a longer build`;
  if (failure !== undefined) {
    const kind = isFailure(failure) && failure.exitCode === exitCodes.permission ? 'permission' : 'unavailable';
    return new Failure(kind, `${ends}, and could not be renewed: ${failure.message}`, { next: 'bbf doctor' });
  }
  if (credentialsEnd === undefined || credentialsEnd > Date.parse(certificate.renewAt)) return undefined;
  const when = credentialsEnd > now ? `end in ${elapsed(credentialsEnd - now)}` : 'have ended';
  return new Failure('permission', `${ends}, and can’t be renewed: your AWS credentials ${when}`, {
    next: 'sign in to AWS again (aws sso login, or newer keys in the environment), then the same command',
  });
}
