/** The seam behind which certificates are signed: bbf's own authority, or AWS Private CA or CFSSL in its place. */
import type { KeyObject } from 'node:crypto';
import type { CertificateRole } from './caller.ts';

/** What a certificate says; none of it comes from the signing request. */
export interface CertificateProfile {
  role: CertificateRole;
  cluster: string;
  /** The identity that asked. */
  arn: string;
  /** IP addresses that the holder answers at; clients have none. */
  addresses: string[];
  /** Milliseconds since the epoch. */
  notBefore: number;
  notAfter: number;
}

export interface SignedCertificate {
  /** PEM, leaf first. */
  certificate: string;
  /** Hexadecimal. */
  serial: string;
  /** As the signer granted it: never after what was asked for. */
  notAfter: number;
}

export interface Signer {
  sign(profile: CertificateProfile, publicKey: KeyObject): Promise<SignedCertificate>;
  /** PEM bundle of all that peers must trust now. */
  authorities(): Promise<string>;
  /** Begins a change of authority; answers when the new one takes over, milliseconds, and does nothing when one is under way. */
  rotate(): Promise<number>;
}
