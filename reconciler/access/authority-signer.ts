/** Signs certificates with bbf's own authority. */
import type { KeyObject } from 'node:crypto';
import {
  type Authority,
  type AuthorityStore,
  keysOf,
  readAuthorities,
  rotateAuthority,
  signingAuthority,
  trustedAuthorities,
} from './authority.ts';
import { urisOf } from './certificate-names.ts';
import type { Lives } from './lives.ts';
import type { CertificateProfile, SignedCertificate, Signer } from './signer.ts';
import { buildCertificate, keyIdentifier } from './x509.ts';

/** Values of a SAN's type, RFC 5280 section 4.2.1.6. */
const SAN_URI = 6;
const SAN_IP = 7;

export function authoritySigner(store: AuthorityStore, now: () => number, lives: Lives): Signer {
  return {
    async sign(profile, { publicKey }) {
      const authority = signingAuthority(await readAuthorities(store, now()), now());
      if (!authority) throw new Error('no certificate authority signs at this time; see that the clock is right');
      return issue(authority, profile, publicKey);
    },
    authorities: async () => trustedAuthorities(await readAuthorities(store, now()), now(), lives),
    rotate: () => rotateAuthority(store, now(), lives),
  };
}

/** The certificate of a profile for a key, by one authority. */
export function issue(authority: Authority, profile: CertificateProfile, publicKey: KeyObject): SignedCertificate {
  const keys = keysOf(authority);
  const notAfter = Math.min(profile.notAfter, Date.parse(authority.notAfter));
  const { pem, serial } = buildCertificate(
    {
      subject: profile.commonName,
      issuer: nameOf(authority),
      publicKey,
      notBefore: profile.notBefore,
      notAfter,
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', clientAuth: true, serverAuth: profile.role !== 'client' },
        { name: 'subjectAltName', altNames: alternativeNames(profile) },
        { name: 'subjectKeyIdentifier', subjectKeyIdentifier: keyIdentifier(publicKey) },
        { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(keys.publicKey) },
      ],
    },
    keys.privateKey,
  );
  return { certificate: pem, serial, notAfter };
}

function alternativeNames(profile: CertificateProfile): object[] {
  const uris = urisOf(profile).map((value) => ({ type: SAN_URI, value }));
  return [...uris, ...profile.addresses.map((ip) => ({ type: SAN_IP, ip }))];
}

const nameOf = (authority: Authority) => `bbf authority ${authority.signsFrom}`;
