/** What the role of a caller's certificate lets it call. */
import type { CertificateRole } from '../../../reconciler/access/caller.ts';
import type { Identity } from '../../../reconciler/access/certificate-names.ts';
import { CallError, Code } from './status.ts';

/** Throws PERMISSION_DENIED unless the identity has one of the roles. */
export function requireRole(
  identity: Identity | string | undefined,
  roles: readonly CertificateRole[],
  method: string,
): Identity {
  if (identity === undefined) throw new CallError(Code.PERMISSION_DENIED, `${method}: the connection is not known`);
  if (typeof identity === 'string') throw new CallError(Code.PERMISSION_DENIED, `${method}: ${identity}`);
  if (roles.includes(identity.role)) return identity;
  const message = `${method} is for certificates of role ${roles.join(' or ')}, and this one has role ${identity.role}`;
  throw new CallError(Code.PERMISSION_DENIED, message);
}
