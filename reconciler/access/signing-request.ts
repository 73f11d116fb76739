/** A PKCS#10 certificate signing request for an RSA key, as DER by hand: the one structure is smaller than any library for it. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto';

/** sha256WithRSAEncryption with its NULL parameter, RFC 8017 appendix A.2. */
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const VERSION_0 = Buffer.from('020100', 'hex');
/** The issuer takes names from the caller's identity, never from the request. */
const EMPTY_NAME = Buffer.from('3000', 'hex');
const NO_ATTRIBUTES = Buffer.from('a000', 'hex');

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

/** The request in PEM for the public half of `privateKey`, signed by it; subject and attributes are empty. */
export function signingRequest(privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const information = element(SEQUENCE, VERSION_0, EMPTY_NAME, publicKey, NO_ATTRIBUTES);
  const signature = element(BIT_STRING, Buffer.of(0), sign('sha256', information, privateKey));
  const request = element(SEQUENCE, information, SHA256_WITH_RSA, signature);
  const lines = request.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** Tag, length and value; a length of 128 and more is written as a count of bytes and the bytes. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, value]);
}
