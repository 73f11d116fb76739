/** X.509 in DER through node-forge: reads signing requests, writes certificates. Keys and signatures are node:crypto's. */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import forge from 'node-forge';

const { asn1, pki } = forge;

/** A name and an instant as forge wants them. */
interface CertificateParts {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  notBefore: number;
  notAfter: number;
  /** In forge's form, see its `setExtensions`. */
  extensions: object[];
}

interface BuiltCertificate {
  pem: string;
  serial: string;
}

/** Builds a version 3 certificate with a random serial number of 127 bits and signs it with SHA-256. */
export function buildCertificate(parts: CertificateParts, signingKey: KeyObject): BuiltCertificate {
  const certificate = pki.createCertificate();
  const serial = randomSerial();
  certificate.serialNumber = serial;
  certificate.validity.notBefore = new Date(parts.notBefore);
  certificate.validity.notAfter = new Date(parts.notAfter);
  certificate.setSubject([{ shortName: 'CN', value: parts.subject }]);
  certificate.setIssuer([{ shortName: 'CN', value: parts.issuer }]);
  certificate.publicKey = pki.publicKeyFromPem(publicPem(parts.publicKey));
  certificate.setExtensions(parts.extensions);
  // forge asks its key for the signature; ours is signed by OpenSSL, which is 30 times as fast and keeps time constant.
  const key = { sign: () => binary(sign('sha256', der(certificate.tbsCertificate), signingKey)) };
  certificate.sign(key as never, forge.md.sha256.create());
  return { pem: pki.certificateToPem(certificate).replaceAll('\r', ''), serial };
}

/** The high bit stays clear, so that the number is positive in DER, and the next is set, so that its length is constant. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/**
 * The public key of a signing request whose own signature is good; everything else in it is ignored.
 * @throws Error with what is wrong with the request
 */
export function publicKeyOfRequest(pem: string): KeyObject {
  const request = pki.certificationRequestFromPem(pem) as forge.pki.CertificateSigningRequest & RequestInternals;
  const publicKey = createPublicKey(pki.publicKeyToPem(request.publicKey as forge.pki.rsa.PublicKey));
  const digest = DIGESTS[request.signatureOid];
  if (!digest) throw new Error(`it is signed with the algorithm ${request.signatureOid}, not RSA with SHA-2`);
  const signature = Buffer.from(request.signature, 'binary');
  if (!verify(digest, der(request.certificationRequestInfo), publicKey, signature)) {
    throw new Error('its signature is not by its own key');
  }
  return publicKey;
}

interface RequestInternals {
  signatureOid: string;
  signature: string;
  certificationRequestInfo: forge.asn1.Asn1;
}

/** RFC 8017, appendix C. */
const DIGESTS: Record<string, string> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

/** RFC 5280, 4.2.1.2 method 1: SHA-1 of the key without the wrapping that names its algorithm. */
export function keyIdentifier(key: KeyObject): string {
  const inner = key.export({ type: 'pkcs1', format: 'der' });
  return binary(createHash('sha1').update(inner).digest());
}

const publicPem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string;
const der = (value: unknown) => Buffer.from(asn1.toDer(value as forge.asn1.Asn1).getBytes(), 'binary');
const binary = (bytes: Buffer) => bytes.toString('binary');
