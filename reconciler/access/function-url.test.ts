import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import { AUTHORITY_KEY, clusterKey, statusKey } from '../../config-schema/keys.ts';
import { makeAuthority } from './authority.ts';
import { accessPorts } from './document-ports.ts';
import { PERSON, SETTINGS } from './function-url.fixture.ts';
import { answerUrl, isUrlEvent, type UrlEvent } from './function-url.ts';
import type { FarmTask } from './issue.ts';
import { memoryDocuments } from './memory-documents.fixture.ts';
import { signingRequest } from './signing-request.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-02T08:00:00Z');
const ANN = PERSON;
const TASK = '0123456789abcdef0123456789abcdef';
const asServer = `arn:aws:sts::123456789012:assumed-role/bbf--server--r/${TASK}`;
const asWorker = `arn:aws:sts::123456789012:assumed-role/bbf--worker--r/${TASK}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CSR = signingRequest(privateKey);

/** A world with a bucket and the tasks of ECS; time stands where it is put. */
function world(texts: Record<string, string> = {}, tasks: Record<string, FarmTask> = {}) {
  const { documents, objects } = memoryDocuments(texts);
  const logged: object[] = [];
  const clock = { now: START };
  const log = { info: (fields: object) => logged.push(fields), error: () => undefined };
  const ports = accessPorts({ documents, task: async (id) => tasks[id] ?? null, now: () => clock.now, log });
  const ask = async (arn: string | undefined, method: string, rawPath: string, body?: unknown) => {
    const event: UrlEvent = {
      rawPath,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      requestContext: { http: { method }, ...(arn === undefined ? {} : { authorizer: { iam: { userArn: arn } } }) },
    };
    const answer = await answerUrl(event, SETTINGS, ports);
    return { status: answer.statusCode, ...JSON.parse(answer.body) } as Record<string, unknown>;
  };
  return { ask, clock, objects, logged };
}

const cluster = (spec: object = {}) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
/** Made once: a key of 3072 bits takes a quarter of a second. */
const AUTHORITY = JSON.stringify({
  apiVersion: 'bbf/v1',
  kind: 'Authority',
  authorities: [await makeAuthority(START, START)],
});
const withMain = { [clusterKey('main')]: cluster(), [AUTHORITY_KEY]: AUTHORITY };
const asking = { cluster: 'main', csr: CSR };

/** By the same key, of somebody who would be an authority, the build server, and another person. */
function greedyRequest(): string {
  const { pki, md } = forge;
  const request = pki.createCertificationRequest();
  request.publicKey = pki.publicKeyFromPem(
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string,
  );
  request.setSubject([{ name: 'commonName', value: 'bbf server other' }]);
  const urn = (value: string) => ({ type: 6, value: `urn:bbf:${value}` });
  const altNames = [urn('role:server'), urn('cluster:other'), urn('arn:arn%3Aaws%3Aiam%3A%3A123456789012%3Aroot')];
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    {
      name: 'subjectAltName',
      altNames: [...altNames, { type: 7, ip: '203.0.113.9' }, { type: 2, value: 'localhost' }],
    },
  ];
  request.setAttributes([{ name: 'extensionRequest', extensions } as never]);
  request.sign(
    pki.privateKeyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    md.sha256.create(),
  );
  return pki.certificationRequestToPem(request);
}

const certificateIn = (answer: Record<string, unknown>) => new X509Certificate(String(answer.certificate));

describe('certificates', () => {
  it('a person gets a client certificate for the key that they hold', async () => {
    const { ask, logged } = world(withMain);
    const answer = await ask(ANN, 'POST', '/certificates', asking);
    expect(answer).toMatchObject({ status: 200, role: 'client' });
    const certificate = certificateIn(answer);
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
    expect(certificate.subjectAltName).toContain('URI:urn:bbf:role:client, URI:urn:bbf:cluster:main');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.verify(new X509Certificate(String(answer.authorities)).publicKey)).toBe(true);
    expect(logged).toContainEqual(
      expect.objectContaining({ arn: ANN, serial: certificate.serialNumber.toLowerCase() }),
    );
  });

  it.each([
    ['the cluster says', { access: { certificates: { clientTtl: '90m' } } }, 1.5 * HOUR],
    ['the default is, where the cluster says nothing', {}, 12 * HOUR],
    ['an hour is, where the document can not be read', { access: 3 }, HOUR],
  ])('a client certificate lives as long as %s', async (_, spec, lifeMs) => {
    const answer = await world({ ...withMain, [clusterKey('main')]: cluster(spec) }).ask(
      ANN,
      'POST',
      '/certificates',
      asking,
    );
    expect(Date.parse(String(answer.notAfter))).toBe(START + lifeMs);
    expect(Date.parse(String(answer.notBefore))).toBe(START - 5 * 60_000);
    expect(Date.parse(certificateIn(answer).validTo)).toBe(START + lifeMs);
  });

  it('the server of the cluster gets one that names its addresses', async () => {
    const task = { service: 'bbf--main--server', addresses: async () => ['10.111.0.7', '203.0.113.9'] };
    const answer = await world(withMain, { [TASK]: task }).ask(asServer, 'POST', '/certificates', asking);
    expect(answer).toMatchObject({ status: 200, role: 'server', notAfter: new Date(START + 24 * HOUR).toISOString() });
    expect(certificateIn(answer).subjectAltName).toMatch(/IP Address:10.111.0.7, IP Address:203.0.113.9$/);
    expect(certificateIn(answer).keyUsage?.toSorted()).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('a server whose public address EC2 does not show yet gets none, and asks again', async () => {
    const task = { service: 'bbf--main--server', addresses: async () => null };
    const answer = await world(withMain, { [TASK]: task }).ask(asServer, 'POST', '/certificates', asking);
    expect(answer).toMatchObject({ status: 503, error: 'NoPublicAddress' });
    expect(answer).not.toHaveProperty('certificate');
  });

  it('a worker of the cluster gets one without addresses, and without a question to EC2', async () => {
    const addresses = () => Promise.reject(new Error('EC2 was asked'));
    const task = { service: 'bbf--main--pool--default', addresses };
    const answer = await world(withMain, { [TASK]: task }).ask(asWorker, 'POST', '/certificates', asking);
    expect(answer).toMatchObject({ status: 200, role: 'worker' });
    expect(certificateIn(answer).subjectAltName).not.toContain('IP Address');
  });

  it.each([
    ['a server’s role without a task', asServer, {}, 'NoSuchTask'],
    [
      'a server of another cluster',
      asServer,
      { service: 'bbf--other--server', addresses: async () => [] },
      'ForeignTask',
    ],
    [
      'a worker with the server’s role',
      asServer,
      { service: 'bbf--main--pool--a', addresses: async () => [] },
      'ForeignTask',
    ],
    [
      'a server with the worker’s role',
      asWorker,
      { service: 'bbf--main--server', addresses: async () => [] },
      'ForeignTask',
    ],
    ['a service of nobody', asWorker, { service: 'web', addresses: async () => [] }, 'ForeignTask'],
  ])('%s gets none', async (_, arn, task, error) => {
    const tasks: Record<string, FarmTask> = 'service' in task ? { [TASK]: task as FarmTask } : {};
    expect(await world(withMain, tasks).ask(arn, 'POST', '/certificates', asking)).toMatchObject({
      status: 403,
      error,
    });
  });

  it('a role of the same name in another account is a client like any other', async () => {
    const arn = asServer.replace('123456789012', '999999999999');
    expect(await world(withMain).ask(arn, 'POST', '/certificates', asking)).toMatchObject({ role: 'client' });
  });

  it('what a signing request asks for beside its key is ignored', async () => {
    const answer = await world(withMain).ask(ANN, 'POST', '/certificates', { cluster: 'main', csr: greedyRequest() });
    const certificate = certificateIn(answer);
    expect(answer).toMatchObject({ status: 200, role: 'client' });
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('CN=bbf client main');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.subjectAltName).toBe(
      `URI:urn:bbf:role:client, URI:urn:bbf:cluster:main, URI:urn:bbf:arn:${encodeURIComponent(ANN)}`,
    );
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  });

  const weak = signingRequest(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
  const odd = signingRequest(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey);
  const forged = Buffer.from(CSR.split('\n').slice(1, -2).join(''), 'base64');
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const forgedPem = `-----BEGIN CERTIFICATE REQUEST-----\n${forged.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  it.each([
    ['an unknown cluster', { cluster: 'nobody', csr: CSR }, 404, 'NoSuchCluster'],
    ['a name that leaves its prefix', { cluster: '../access', csr: CSR }, 400, 'BadName'],
    ['no request', { cluster: 'main' }, 400, 'BadRequest'],
    ['text that is no JSON', '{', 400, 'BadRequest'],
    ['a JSON text', '"x"', 400, 'BadRequest'],
    ['JSON null', 'null', 400, 'BadRequest'],
    ['a request that is none', { cluster: 'main', csr: 'hello' }, 400, 'BadSigningRequest'],
    ['a weak key', { cluster: 'main', csr: weak }, 400, 'BadSigningRequest'],
    ['an exponent that invites attacks', { cluster: 'main', csr: odd }, 400, 'BadSigningRequest'],
    ['a signature by another key', { cluster: 'main', csr: forgedPem }, 400, 'BadSigningRequest'],
    ['a body without end', 'x'.repeat(20_000), 413, 'TooBig'],
  ])('%s is refused', async (_, body, status, error) => {
    expect(await world(withMain).ask(ANN, 'POST', '/certificates', body)).toMatchObject({ status, error });
  });
});

describe('other routes', () => {
  it('says where the farm is, or that it is nowhere', async () => {
    const status = { endpoint: '203.0.113.9:8980', privateEndpoint: '10.111.0.9:8980' };
    const { ask } = world({ ...withMain, [statusKey('main')]: JSON.stringify({ ...emptyStatus, ...status }) });
    expect(await ask(ANN, 'GET', '/clusters/main/endpoint')).toEqual({ status: 200, endpoint: '203.0.113.9:8980' });
    // Security groups know each other by private addresses only.
    expect(await ask(asWorker, 'GET', '/clusters/main/endpoint')).toEqual({ status: 200, endpoint: '10.111.0.9:8980' });
    expect(await ask(ANN, 'GET', '/clusters/other/endpoint')).toEqual({ status: 200, endpoint: null });
  });

  it.each([
    [undefined, 'GET', '/authorities', 403, 'NoCaller'],
    ['*', 'GET', '/authorities', 403, 'NoCaller'],
    [ANN, 'GET', '/', 404, 'NoSuchRoute'],
    [ANN, 'GET', '/certificates', 404, 'NoSuchRoute'],
    [ANN, 'POST', '/clusters/main/endpoint', 404, 'NoSuchRoute'],
    [ANN, 'GET', '/clusters/a%2Fb/endpoint', 400, 'BadName'],
    [asWorker, 'POST', '/authorities/rotation', 403, 'NotYours'],
  ])('%s %s %s is refused', async (arn, method, path, status, error) => {
    expect(await world().ask(arn, method, path)).toMatchObject({ status, error });
  });

  it('tells its requests from other events', () => {
    expect(isUrlEvent({ rawPath: '/', requestContext: { http: { method: 'GET' } } })).toBe(true);
    for (const other of [null, undefined, 'text', {}, { source: 'aws.s3', detail: {} }])
      expect(isUrlEvent(other)).toBe(false);
  });
});

describe('the authority', () => {
  const bundle = (answer: Record<string, unknown>) => String(answer.authorities).match(/BEGIN CERTIFICATE/g)?.length;

  it('is made by the first request and stays', async () => {
    const { ask, objects } = world();
    const [one, two] = await Promise.all([ask(ANN, 'GET', '/authorities'), ask(ANN, 'GET', '/authorities')]);
    expect(one).toEqual(two);
    expect(bundle(one)).toBe(1);
    expect(objects.get(AUTHORITY_KEY)).toContain('PRIVATE KEY');
    expect(JSON.stringify(one)).not.toContain('PRIVATE KEY');
    expect(one.trusted).toMatchObject([{ signsFrom: new Date(START).toISOString(), trustedUntil: null }]);
  });

  it('changes with an overlap: first trusted, then signing, then the old one is forgotten', async () => {
    const { ask, clock } = world(withMain);
    const before = certificateIn(await ask(ANN, 'POST', '/certificates', asking)).issuer;
    const rotation = await ask(ANN, 'POST', '/authorities/rotation');
    const signsFrom = new Date(START + 24 * HOUR + 5 * 60_000).toISOString();
    const oldTrustedUntil = new Date(START + 48 * HOUR + 10 * 60_000).toISOString();
    expect(rotation).toEqual({ status: 200, begun: true, signsFrom, oldTrustedUntil });
    const again = await ask(ANN, 'POST', '/authorities/rotation');
    expect(again, 'a second change waits for the first').toEqual({ ...rotation, begun: false });
    expect((await ask(ANN, 'GET', '/authorities')).trusted).toMatchObject([
      { signsFrom: new Date(START).toISOString(), trustedUntil: oldTrustedUntil },
      { signsFrom, trustedUntil: null },
    ]);
    const issuerNow = async () => certificateIn(await ask(ANN, 'POST', '/certificates', asking)).issuer;
    const trusted = async () => bundle(await ask(ANN, 'GET', '/authorities'));
    expect([await trusted(), await issuerNow()]).toEqual([2, before]);
    clock.now = Date.parse(signsFrom) - 1;
    expect([await trusted(), await issuerNow()]).toEqual([2, before]);
    clock.now += 1;
    const after = await issuerNow();
    expect(after).not.toBe(before);
    expect(await trusted()).toBe(2);
    clock.now += 24 * HOUR + 5 * 60_000;
    expect([await trusted(), await issuerNow()]).toEqual([1, after]);
  });
});

const emptyStatus = {
  apiVersion: 'bbf/v1',
  kind: 'Status',
  cluster: 'main',
  uid: null,
  observedRevision: null,
  acceptedRevision: null,
  conditions: [],
  server: { desired: 1, running: 1, pending: 0, since: null },
  endpoint: null,
  pools: {},
  leases: [],
  stacks: {},
  idleSince: null,
  asleep: null,
  awake: true,
  problems: [],
  actions: [],
  cost: { usdPerHour: 0, usdToday: 0, day: '2026-11-02', accountedAt: '2026-11-02T08:00:00Z' },
  next: null,
  heartbeatAt: '2026-11-02T08:00:00Z',
  version: '0.1.0',
};
