/** What a client asks of the Function URL about the certificate authorities: which there are, and that another take over. */
import type { RotationBegun, TrustedAuthority } from './authority.ts';
import { type AccessPoint, ask, badAnswer } from './certificate-client.ts';

/**
 * Those that peers trust now, oldest first.
 * @throws AccessError Unreachable (try again), Refused (a human acts), BadAnswer
 */
export async function listAuthorities(point: AccessPoint): Promise<TrustedAuthority[]> {
  const { trusted, ...rest } = await ask(point, 'GET', 'authorities');
  if (Array.isArray(trusted) && trusted.every(isTrusted)) return trusted;
  throw badAnswer(
    point,
    `it has the fields ${Object.keys({ trusted, ...rest }).join(', ')}, and trusted is no list of authorities`,
  );
}

function isTrusted(value: unknown): value is TrustedAuthority {
  const { certificate, signsFrom, trustedUntil } = (value ?? {}) as Partial<TrustedAuthority>;
  return (
    typeof certificate === 'string' &&
    typeof signsFrom === 'string' &&
    (trustedUntil === null || typeof trustedUntil === 'string')
  );
}

/**
 * Begins a change of the certificate authority; does nothing while one waits to take over.
 * @throws AccessError Unreachable (try again), Refused (a human acts), BadAnswer
 */
export async function rotateAuthority(point: AccessPoint): Promise<RotationBegun> {
  const { begun, signsFrom, oldTrustedUntil } = await ask(point, 'POST', 'authorities/rotation');
  if (typeof begun === 'boolean' && typeof signsFrom === 'string' && typeof oldTrustedUntil === 'string')
    return { begun, signsFrom, oldTrustedUntil };
  throw badAnswer(point, `its signsFrom is ${JSON.stringify(signsFrom) ?? 'missing'}`);
}
