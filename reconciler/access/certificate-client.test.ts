import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listAuthorities, rotateAuthority } from './authority-client.ts';
import { farmEndpoint, requestCertificate } from './certificate-client.ts';
import { containerCredentials } from './container-credentials.ts';
import { publicKeyOfRequest } from './x509.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
}
type Answer = { status: number; body: unknown };

const open: http.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

async function listen(answer: (seen: Seen) => Answer): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const one = { method: request.method, url: request.url, headers: request.headers, body };
    seen.push(one);
    const { status, body: text } = answer(one);
    response.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text));
  });
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const target = (url: string) => ({ url, region: 'eu-west-3', credentials, cluster: 'main' });
const good = { certificate: 'C', authorities: 'A', notBefore: 'B', notAfter: 'E', role: 'client' };

describe('requestCertificate', () => {
  it('asks for its own key, signed, and hands back what it got', async () => {
    const { url, seen } = await listen(() => ({ status: 200, body: good }));
    const { key, ...rest } = await requestCertificate(target(`${url}/_lambda-url/abc`));
    expect(rest).toEqual(good);
    const [request] = seen as [Seen];
    expect([request.method, request.url]).toEqual(['POST', '/_lambda-url/abc/certificates']);
    expect(request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-3\/lambda\//,
    );
    expect(request.headers['x-amz-security-token']).toBe('token');
    const { cluster, csr } = JSON.parse(request.body) as { cluster: string; csr: string };
    expect(cluster).toBe('main');
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(publicKeyOfRequest(csr).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(request.body).not.toContain('PRIVATE KEY');
    expect(() => new X509Certificate(rest.certificate)).toThrow();
  });

  it.each([
    [
      403,
      { Message: 'Forbidden' },
      'Refused',
      /Forbidden.*Next: allow the caller .*by its URL alone \(lambda:InvokedViaFunctionUrl\)/,
    ],
    [
      404,
      { error: 'NoSuchCluster', message: 'there is no cluster main' },
      'Refused',
      /there is no cluster main.*Next:/,
    ],
    [502, 'Bad Gateway', 'Unreachable', /Bad Gateway.*Next: try again/],
    [429, { Message: 'Rate Exceeded.' }, 'Unreachable', /answered 429: Rate Exceeded\. Next: try again/],
    [200, '<html>', 'BadAnswer', /<html>/],
    [200, { ...good, role: 'king' }, 'BadAnswer', /Next: see that the context names/],
    [301, '', 'BadAnswer', /status 301/],
  ])('turns the answer %s %j into %s', async (status, body, code, message) => {
    const { url } = await listen(() => ({ status, body }));
    await expect(requestCertificate(target(url))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('has what happened apart from what to do next', async () => {
    const { url } = await listen(() => ({ status: 429, body: { Message: 'Rate Exceeded.' } }));
    await expect(requestCertificate(target(url))).rejects.toMatchObject({
      said: expect.stringMatching(/ answered 429: Rate Exceeded$/),
    });
  });

  it('says that nobody listens', async () => {
    const { url } = await listen(() => ({ status: 200, body: good }));
    for (const server of open.splice(0)) server.close();
    await expect(requestCertificate(target(url))).rejects.toMatchObject({ code: 'Unreachable', name: 'AccessError' });
  });
});

describe('farmEndpoint', () => {
  it.each([['203.0.113.9:8980'], [null]])('answers %s', async (endpoint) => {
    const { url, seen } = await listen(() => ({ status: 200, body: { endpoint } }));
    expect(await farmEndpoint(target(`${url}/`))).toBe(endpoint);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/clusters/main/endpoint' });
  });

  it('does not take a missing endpoint for a sleeping farm', async () => {
    const { url } = await listen(() => ({ status: 200, body: {} }));
    await expect(farmEndpoint(target(url))).rejects.toMatchObject({ code: 'BadAnswer' });
  });
});

describe('authorities', () => {
  const authority = { certificate: 'PEM', signsFrom: '2026-11-02T08:00:00.000Z', trustedUntil: null };

  it('are listed as the reconciler names them', async () => {
    const { url, seen } = await listen(() => ({ status: 200, body: { authorities: 'PEM', trusted: [authority] } }));
    expect(await listAuthorities(target(url))).toEqual([authority]);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/authorities' });
  });

  it('change, and the answer says when', async () => {
    const rotation = {
      begun: true,
      signsFrom: '2026-11-03T08:05:00.000Z',
      oldTrustedUntil: '2026-11-04T08:10:00.000Z',
    };
    const { url, seen } = await listen(() => ({ status: 200, body: rotation }));
    expect(await rotateAuthority(target(url))).toEqual(rotation);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/authorities/rotation' });
  });

  it.each([{}, { trusted: 'PEM' }, { trusted: [{ ...authority, trustedUntil: 5 }] }])(
    'are not read out of %j',
    async (body) => {
      const { url } = await listen(() => ({ status: 200, body }));
      await expect(listAuthorities(target(url))).rejects.toMatchObject({ code: 'BadAnswer' });
      await expect(rotateAuthority(target(url))).rejects.toMatchObject({ code: 'BadAnswer' });
    },
  );
});

describe('containerCredentials', () => {
  const START = Date.parse('2026-11-02T08:00:00Z');
  const found = (n: number, minutes: number) => ({
    AccessKeyId: `ASIA${n}`,
    SecretAccessKey: 's',
    Token: 't',
    Expiration: new Date(START + minutes * 60_000).toISOString(),
  });

  it('asks the agent once until five minutes before the end, also for callers at the same time', async () => {
    let asked = 0;
    const { url, seen } = await listen(() => {
      asked += 1;
      return { status: 200, body: found(asked, asked * 60) };
    });
    const clock = { now: START };
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/creds`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'word' };
    const source = containerCredentials(env, () => clock.now);
    const both = await Promise.all([source(), source()]);
    expect(both.map((one) => one.accessKeyId)).toEqual(['ASIA1', 'ASIA1']);
    clock.now = START + 55 * 60_000 - 1;
    expect((await source()).accessKeyId).toBe('ASIA1');
    clock.now += 1;
    expect((await source()).accessKeyId).toBe('ASIA2');
    expect(seen.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([
      ['/creds', 'word'],
      ['/creds', 'word'],
    ]);
  });

  it('asks again after a failure', async () => {
    let asked = 0;
    const { url } = await listen(() => {
      asked += 1;
      return asked === 1 ? { status: 500, body: 'no' } : { status: 200, body: found(1, 60) };
    });
    const source = containerCredentials({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, () => START);
    await expect(source()).rejects.toMatchObject({ code: 'ContainerCredentialsUnreadable' });
    expect((await source()).secretAccessKey).toBe('s');
  });

  it('says what is missing outside a task', () => {
    expect(() => containerCredentials({})).toThrow(/neither AWS_CONTAINER_CREDENTIALS_FULL_URI nor/);
  });
});
