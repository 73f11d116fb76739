/** The seam behind which certificates are signed: bbf's own authority, or AWS Private CA or CFSSL in its place. */
import type { KeyObject } from 'node:crypto';
import type { RotationBegun, TrustedAuthority } from './authority.ts';
import type { CertificateRole } from './caller.ts';

/** What a certificate says; none of it comes from the signing request. */
export interface CertificateProfile {
  /** The whole subject: gateways compare all of it, and tell by nothing else whom they let in. */
  commonName: string;
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

/** A certificate signing request whose key and signature are found good. */
interface KeyProof {
  publicKey: KeyObject;
  /** The request itself, PEM, for a signer that insists on one; subject and extensions in it mean nothing. */
  csr: string;
}

export interface Signer {
  sign(profile: CertificateProfile, proof: KeyProof): Promise<SignedCertificate>;
  /** All that peers must trust now, oldest first. */
  authorities(): Promise<TrustedAuthority[]>;
  /** Begins a change of authority, or tells of the one that is under way. */
  rotate(): Promise<RotationBegun>;
}

/** PEM bundle, as TLS libraries read it. */
export const bundleOf = (authorities: readonly TrustedAuthority[]) =>
  authorities.map(({ certificate }) => certificate).join('');
