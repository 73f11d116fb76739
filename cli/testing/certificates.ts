/** An authority of a test's own, and certificates that it signs. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { type Identity, urisOf } from '../../reconciler/access/certificate-names.ts';

interface Certificate {
  key: string;
  certificate: string;
}

interface TestAuthority {
  pem: string;
  issue(name: string, life?: Life, names?: Partial<Identity>): Certificate;
}

/** Milliseconds. */
interface Life {
  notBefore: number;
  notAfter: number;
}

const DAY_MS = 86_400_000;

const aroundNow = (): Life => ({ notBefore: Date.now() - DAY_MS, notAfter: Date.now() + DAY_MS });

/** Certificates are good for 127.0.0.1, on either end, unless a life is given for a day before and after now, and name the server of cluster main unless told otherwise. */
export function testAuthority(name = 'test authority', life = aroundNow()): TestAuthority {
  const keys = newKeys();
  const pem = sign({ subject: name, issuer: name, keys, signer: keys, authority: true, life });
  return {
    pem,
    issue: (subject, ownLife = life, names = {}) => {
      const own = newKeys();
      const parts = { subject, issuer: name, keys: own, signer: keys, authority: false, life: ownLife, names };
      return { key: own.pem, certificate: sign(parts) };
    },
  };
}

type Keys = ReturnType<typeof newKeys>;

function newKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const signingKey = forge.pki.privateKeyFromPem(pem);
  return { pem, signingKey, publicKey: forge.pki.setRsaPublicKey(signingKey.n, signingKey.e) };
}

interface Parts {
  subject: string;
  issuer: string;
  keys: Keys;
  signer: Keys;
  authority: boolean;
  life: Life;
  names?: Partial<Identity>;
}

const SAN_URI = 6;
const SAN_IP = 7;

function sign(parts: Parts): string {
  const certificate = forge.pki.createCertificate();
  const uris = urisOf({ role: 'server', cluster: 'main', arn: '', ...parts.names });
  certificate.publicKey = parts.keys.publicKey;
  // A number that begins with two zero bytes, as one in 512 would behind a zero, is none that OpenSSL reads.
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(parts.life.notBefore);
  certificate.validity.notAfter = new Date(parts.life.notAfter);
  certificate.setSubject([{ name: 'commonName', value: parts.subject }]);
  certificate.setIssuer([{ name: 'commonName', value: parts.issuer }]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: parts.authority },
    {
      name: 'subjectAltName',
      altNames: [...uris.map((value) => ({ type: SAN_URI, value })), { type: SAN_IP, ip: '127.0.0.1' }],
    },
  ]);
  certificate.sign(parts.signer.signingKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
