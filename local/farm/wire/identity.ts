/** Who is at the other end of a connection, as its certificate says. */
import { CallError, Code } from './status.ts';

export type Role = 'client' | 'server' | 'worker';

export interface Identity {
  role: Role;
  cluster: string;
  /** Of the AWS principal that asked for the certificate; empty when the certificate does not say. */
  arn: string;
}

/** The values of the certificate's URI names that begin with `urn:bbf:KEY:`. */
function named(subjectAltName: string, key: string): string[] {
  const prefix = `URI:urn:bbf:${key}:`;
  const names = subjectAltName.split(', ').filter((name) => name.startsWith(prefix));
  return names.map((name) => decodeURIComponent(name.slice(prefix.length)));
}

/**
 * Reads the URI names that bbf's authority puts into certificates: `urn:bbf:role:…`, `urn:bbf:cluster:…`, `urn:bbf:arn:…`.
 * @param subjectAltName as Node's getPeerCertificate().subjectaltname
 * @returns the identity, or why the certificate is none for this cluster
 */
export function identify(subjectAltName: string | undefined, cluster: string): Identity | string {
  const names = subjectAltName ?? '';
  const [role, ...otherRoles] = named(names, 'role');
  if (otherRoles.length > 0 || (role !== 'client' && role !== 'server' && role !== 'worker')) {
    return `the certificate has to name one role of client, server or worker, but its names are ${JSON.stringify(names)}`;
  }
  const clusters = named(names, 'cluster');
  if (!clusters.includes(cluster)) {
    return `the certificate is for cluster ${clusters.join(', ') || '(none)'}, and this is cluster ${cluster}; ask for one for ${cluster}`;
  }
  return { role, cluster, arn: named(names, 'arn')[0] ?? '' };
}

/** Throws PERMISSION_DENIED unless the identity has one of the roles. */
export function requireRole(identity: Identity | string | undefined, roles: readonly Role[], method: string): Identity {
  if (identity === undefined) throw new CallError(Code.PERMISSION_DENIED, `${method}: the connection is not known`);
  if (typeof identity === 'string') throw new CallError(Code.PERMISSION_DENIED, `${method}: ${identity}`);
  if (roles.includes(identity.role)) return identity;
  const message = `${method} is for certificates of role ${roles.join(' or ')}, and this one has role ${identity.role}`;
  throw new CallError(Code.PERMISSION_DENIED, message);
}
