import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { makeAuthority } from './authority.ts';
import { issue } from './authority-signer.ts';
import type { CertificateRole } from './caller.ts';
import { accessPorts } from './document-ports.ts';
import { PERSON, SETTINGS } from './function-url.fixture.ts';
import { answerUrl } from './function-url.ts';
import type { CertificateAnswer } from './issue.ts';
import { memoryDocuments } from './memory-documents.fixture.ts';
import { Refusal } from './refusal.ts';
import type { Signer } from './signer.ts';
import { signingRequest } from './signing-request.ts';
import { publicKeyOfRequest } from './x509.ts';

/** What stands behind the seam in docs/access.md: a signer that speaks the API of CFSSL. */
function cfsslSigner(url: string): Signer {
  const ask = async (method: string, body: object) => {
    const answer = await fetch(`${url}/api/v1/cfssl/${method}`, { method: 'POST', body: JSON.stringify(body) });
    const { success, result, errors } = (await answer.json()) as { success: boolean; result: never; errors: object[] };
    if (!success) throw new Error(`CFSSL refused to ${method}: ${JSON.stringify(errors)}`);
    return result;
  };
  return {
    async sign({ commonName, role, cluster, arn, addresses }, { csr }) {
      const names = [`urn:bbf:role:${role}`, `urn:bbf:cluster:${cluster}`, `urn:bbf:arn:${encodeURIComponent(arn)}`];
      const subject = { CN: commonName, names: [] };
      const request = { certificate_request: csr, profile: role, hosts: [...names, ...addresses], subject };
      const { certificate } = (await ask('sign', request)) as { certificate: string };
      const { serialNumber, validTo } = new X509Certificate(certificate);
      return { certificate, serial: serialNumber, notAfter: Date.parse(validTo) };
    },
    async authorities() {
      const { certificate } = (await ask('info', { label: '' })) as { certificate: string };
      const signsFrom = new Date(new X509Certificate(certificate).validFrom).toISOString();
      return [{ certificate, signsFrom, trustedUntil: null }];
    },
    rotate: async () => {
      throw new Refusal(409, 'ForeignAuthority', 'this authority is changed where it is: in CFSSL');
    },
  };
}

const HOUR = 3_600_000;

interface SigningCall {
  certificate_request: string;
  profile: CertificateRole;
  hosts: string[];
  subject: { CN: string };
}

/** The two calls that the signer makes, answered by an authority of its own. */
async function standIn(): Promise<string> {
  const authority = await makeAuthority(Date.now(), Date.now());
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')) as SigningCall;
    const signing = request.url?.endsWith('/sign') === true;
    const certificate = signing ? signed(body) : authority.certificate;
    response.end(JSON.stringify({ success: true, result: { certificate }, errors: [] }));
  });
  const signed = ({ certificate_request: csr, profile: role, hosts, subject }: SigningCall): string => {
    const [, cluster = '', arn = '', ...addresses] = hosts.map((host) => host.replace(/^urn:bbf:\w+:/, ''));
    const times = { notBefore: Date.now() - HOUR, notAfter: Date.now() + HOUR };
    const names = { commonName: subject.CN, role, cluster, arn: decodeURIComponent(arn), addresses };
    return issue(authority, { ...names, ...times }, publicKeyOfRequest(csr)).certificate;
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The real one, with an authority that it makes itself. */
async function realCfssl(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-cfssl-'));
  const write = (name: string, value: unknown) => {
    writeFileSync(join(directory, name), typeof value === 'string' ? value : JSON.stringify(value));
    return join(directory, name);
  };
  const wish = write('csr.json', { CN: 'other authority', key: { algo: 'rsa', size: 2048 }, ca: { expiry: '87600h' } });
  const made = execFileSync('cfssl', ['genkey', '-initca', wish], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { cert, key } = JSON.parse(made) as { cert: string; key: string };
  const usages = ['digital signature', 'client auth'];
  const client = { usages, expiry: '12h' };
  const server = { usages: [...usages, 'server auth'], expiry: '24h' };
  const signing = { default: client, profiles: { client, server, worker: server } };
  const files = [
    '-ca',
    write('ca.pem', cert),
    '-ca-key',
    write('key.pem', key),
    '-config',
    write('c.json', { signing }),
  ];
  const port = await freePort();
  const child = spawn('cfssl', ['serve', '-address', '127.0.0.1', '-port', String(port), ...files], {
    stdio: 'ignore',
  });
  onTestFinished(() => {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  const reached = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await expect.poll(reached).toBe(true);
  return url;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

const hasCfssl = (() => {
  try {
    execFileSync('cfssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('skipped: CFSSL is not on PATH (go install github.com/cloudflare/cfssl/cmd/cfssl@v1.6.5)');
    return false;
  }
})();

describe.each([['a stand-in for CFSSL', standIn, true] as const, ['CFSSL', realCfssl, hasCfssl] as const])(
  'behind the seam of the signer, %s',
  (_name, start, present) => {
    it.skipIf(!present)('signs what bbf says, whatever the request asks for', async () => {
      const { documents, objects } = memoryDocuments();
      objects.set(
        clusterKey('main'),
        JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} }),
      );
      const task = async () => ({ service: 'bbf--main--server', addresses: async () => ['203.0.113.9'] });
      const log = { info: () => {}, error: () => {} };
      const ports = { ...accessPorts({ documents, task, now: Date.now, log }), signer: cfsslSigner(await start()) };
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const ask = async (userArn: string, method: string, rawPath: string, body?: object) => {
        const requestContext = { http: { method }, authorizer: { iam: { userArn } } };
        const answer = await answerUrl({ rawPath, body: JSON.stringify(body), requestContext }, SETTINGS, ports);
        return { status: answer.statusCode, ...(JSON.parse(answer.body) as Partial<CertificateAnswer>) };
      };
      const wish = { cluster: 'main', csr: signingRequest(privateKey) };

      const person = await ask(PERSON, 'POST', '/certificates', wish);
      const authority = new X509Certificate(person.authorities ?? '');
      const mine = new X509Certificate(person.certificate ?? '');
      expect(mine.verify(authority.publicKey)).toBe(true);
      expect(mine.checkPrivateKey(privateKey)).toBe(true);
      // Gateways go by the whole of it, so nothing else may stand there.
      expect(mine.subject).toBe('CN=bbf client main');
      expect(mine.subjectAltName).toBe(
        `URI:urn:bbf:role:client, URI:urn:bbf:cluster:main, URI:urn:bbf:arn:${encodeURIComponent(PERSON)}`,
      );
      expect(mine.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
      expect(Date.parse(person.notAfter ?? '')).toBe(Date.parse(mine.validTo));

      const arn = `arn:aws:sts::123456789012:assumed-role/${SETTINGS.serverRole}/task`;
      const server = new X509Certificate((await ask(arn, 'POST', '/certificates', wish)).certificate ?? '');
      expect(server.subject).toBe('CN=bbf server main');
      expect(server.subjectAltName).toContain('IP Address:203.0.113.9');
      expect(await ask(PERSON, 'POST', '/authorities/rotation')).toMatchObject({
        status: 409,
        error: 'ForeignAuthority',
      });
      expect(objects.has('access/authority.json')).toBe(false);
    });
  },
);
