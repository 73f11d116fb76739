/** The names of a certificate: the signer writes them, and whoever is at the other end of a connection is known by them. */
import type { CertificateRole } from './caller.ts';

export interface Identity {
  role: CertificateRole;
  cluster: string;
  /** Of the AWS principal that asked for the certificate; empty when the certificate does not say. */
  arn: string;
}

/** What nginx can compare: gateways go by it, bbf's own programs by the URI names. */
export const commonNameOf = ({ role, cluster }: Omit<Identity, 'arn'>): string => `bbf ${role} ${cluster}`;

export const urisOf = ({ role, cluster, arn }: Identity): string[] => [
  `urn:bbf:role:${role}`,
  `urn:bbf:cluster:${cluster}`,
  `urn:bbf:arn:${encodeURIComponent(arn)}`,
];

/** What Node quotes holds characters that no URI name of bbf has, and a comma in it separates nothing. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** The values of the certificate's URI names that begin with `urn:bbf:KEY:`. */
function named(subjectAltName: string, key: string): string[] {
  const prefix = `URI:urn:bbf:${key}:`;
  const names = subjectAltName.replaceAll(QUOTED, '').split(', ');
  return names.filter((name) => name.startsWith(prefix)).map((name) => decodeURIComponent(name.slice(prefix.length)));
}

/**
 * Reads the URI names that bbf's authority puts into certificates.
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
  if (clusters.length !== 1 || clusters[0] !== cluster) {
    return `the certificate is for cluster ${clusters.join(', ') || '(none)'}, and this is cluster ${cluster}; ask for one for ${cluster}`;
  }
  return { role, cluster, arn: named(names, 'arn')[0] ?? '' };
}

/**
 * Why whoever shows such a certificate is not the server of that cluster; undefined where it is.
 * @param subjectAltName as for identify
 */
export function whyNotServerOf(cluster: string, subjectAltName: string | undefined): string | undefined {
  const names = subjectAltName ?? '';
  const [roles, clusters] = [named(names, 'role'), named(names, 'cluster')];
  if (roles.length === 1 && roles[0] === 'server' && clusters.length === 1 && clusters[0] === cluster) return undefined;
  const said = `role ${roles.join(' and ') || '(none)'} in cluster ${clusters.join(' and ') || '(none)'}`;
  return `its certificate is for ${said}, expected role server in cluster ${cluster}`;
}
