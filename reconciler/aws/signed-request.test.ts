import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { signedRequest } from './signed-request.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

const open: http.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

async function listen(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** The signature that AWS's documentation asks for, worked out from what arrived on the wire. */
function expectedSignature(request: http.IncomingMessage, body: Buffer, s3: boolean): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const encoded = s3 ? path : path.split('/').map(encodeURIComponent).join('/');
  const headers = names.split(';').map((name) => `${name}:${request.headers[name]}\n`);
  const canonical = [request.method, encoded, query.split('&').sort().join('&'), headers.join(''), names, sha256(body)];
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical.join('\n'))].join('\n');
  const [date = '', region = '', service = '', end = ''] = scope.split('/');
  const key = [date, region, service, end].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

describe('signedRequest', () => {
  it.each([
    ['s3', 'PUT', '/a%20b/caf%C3%A9+c', 'tag=x%20y&tag=a&version=%2B%2F', Buffer.from([0, 255, 10])],
    ['lambda', 'POST', '/certificates', '', '{"a":"é"}'],
    ['lambda', 'GET', '/clusters/a%2Fb/endpoint', '', undefined],
    ['ec2', 'POST', '/', 'Action=Describe&flag=', 'x=1'],
  ])('signs for %s so that the far side agrees: %s %s?%s', async (service, method, path, query, body) => {
    let verdict: unknown;
    const url = await listen(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const received = Buffer.concat(chunks);
      const given = /Signature=([0-9a-f]+)$/.exec(request.headers.authorization ?? '')?.[1];
      verdict = { given, sent: request.url, body: received.toString('hex') };
      response.end(expectedSignature(request, received, service === 's3'));
    });
    const target = `${url}${path}${query ? `?${query}` : ''}`;
    const answer = await signedRequest({
      method,
      url: target,
      service,
      region: 'r',
      credentials,
      ...(body ? { body } : {}),
    });
    const sent = `${path}${query ? `?${query}` : ''}`;
    expect(verdict).toEqual({ given: answer.body.toString(), sent, body: Buffer.from(body ?? '').toString('hex') });
  });

  it('answers any status, with headers and the bytes of the body', async () => {
    const url = await listen((_, response) => response.writeHead(404, { 'x-more': 'yes' }).end(Buffer.from([255, 0])));
    const answer = await signedRequest({ method: 'GET', url, service: 's3', region: 'r', credentials });
    expect(answer).toMatchObject({ status: 404, headers: { 'x-more': 'yes' }, body: Buffer.from([255, 0]) });
  });

  it('sends again what a kept connection lost, once', async () => {
    let seen = 0;
    const url = await listen((request, response) => {
      seen += 1;
      if (seen === 2) request.socket.resetAndDestroy();
      else response.end(`${seen}`);
    });
    const ask = () => signedRequest({ method: 'GET', url, service: 's3', region: 'r', credentials });
    expect((await ask()).body.toString()).toBe('1');
    expect((await ask()).body.toString()).toBe('3');
  });

  it.each([
    ['is reset', (socket: Socket) => socket.resetAndDestroy(), 20_000, 'ECONNRESET'],
    ['stalls', () => undefined, 100, 'ETIMEDOUT'],
  ])('sends nothing again once an answer has begun: on a kept connection it %s', async (_, end, timeoutMs, code) => {
    let seen = 0;
    const url = await listen((request, response) => {
      seen += 1;
      if (seen !== 2) return void response.end();
      response.writeHead(200, { 'content-length': '9' }).write('a', () => end(request.socket));
    });
    const ask = (patienceMs = 20_000) =>
      signedRequest({ method: 'PUT', url, service: 's3', region: 'r', credentials, timeoutMs: patienceMs });
    await ask();
    await expect(ask(timeoutMs)).rejects.toMatchObject({ name: 'NoAnswer', code });
    // A request that was sent meanwhile would be here before these, one after the other.
    for (let more = 1; more <= 5; more++) await ask();
    expect(seen).toBe(7);
  });

  it('says that a fresh connection broke, that time ran out, that nobody listens', async () => {
    const ask = (url: string, timeoutMs = 20_000) =>
      signedRequest({
        method: 'GET',
        url: `${url}/x?secret=1`,
        service: 's3',
        region: 'r',
        credentials,
        timeoutMs,
      });
    const broken = await listen((request) => request.socket.resetAndDestroy());
    await expect(ask(broken)).rejects.toMatchObject({ name: 'NoAnswer', code: 'ECONNRESET' });
    const silent = await listen(() => undefined);
    const message = `GET ${silent}/x gave no answer within 50 ms`;
    await expect(ask(silent, 50)).rejects.toMatchObject({ name: 'NoAnswer', code: 'ETIMEDOUT', message });
    const stalled = await listen((_, response) => response.write('a'));
    await expect(ask(stalled, 50)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    for (const server of open.splice(0)) server.close().closeAllConnections();
    await expect(ask(silent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
