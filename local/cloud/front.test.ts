/** What the port does with bodies, headers and failures. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Front, type FrontOptions, openFront } from './front.ts';

let front: Front | undefined;
afterEach(() => front?.close());

async function open(handle: FrontOptions['handle'], maxBodyBytes?: number) {
  front = await openFront({ port: 0, handle, ...(maxBodyBytes && { maxBodyBytes }) });
  return `http://127.0.0.1:${front.port}`;
}

describe('openFront', () => {
  it('hands over path and query as they were sent', async () => {
    const address = await open(async ({ method, path, query, headers, body }) => {
      const seen = { method, path, query: [...query], header: headers['x-one'], body: Buffer.from(body).toString() };
      return { status: 201, headers: { 'x-answer': 'yes' }, body: JSON.stringify(seen) };
    });
    const answer = await fetch(`${address}/b/a%20b+c?x=1%2B1&y`, {
      method: 'PUT',
      body: 'hello',
      headers: { 'X-One': '1' },
    });
    expect([answer.status, answer.headers.get('x-answer')]).toEqual([201, 'yes']);
    expect(await answer.json()).toEqual({
      method: 'PUT',
      path: '/b/a%20b+c',
      query: [
        ['x', '1+1'],
        ['y', ''],
      ],
      header: '1',
      body: 'hello',
    });
  });
  it('answers HEAD with the length that GET would have', async () => {
    const address = await open(async () => ({ status: 200, headers: { 'content-length': '42' }, body: '' }));
    const answer = await fetch(address, { method: 'HEAD' });
    expect(answer.headers.get('content-length')).toBe('42');
  });
  it('answers at a socket too, in place of one that was left there, and removes it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bbf-front-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const socket = join(directory, 'tasks.sock');
    writeFileSync(socket, '');
    const opened = await openFront({
      port: 0,
      socket,
      handle: async ({ path }) => ({ status: 200, headers: {}, body: path }),
    });
    const request = http.get({ socketPath: socket, path: '/one' });
    const [answer] = await once(request, 'response');
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('/one');
    await opened.close();
    expect(existsSync(socket)).toBe(false);
  });
  it('refuses a body that is too large', async () => {
    const address = await open(async () => ({ status: 200, headers: {}, body: '' }), 1000);
    expect((await fetch(address, { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(200);
    expect((await fetch(address, { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
  });
  it('answers 500 when the cloud fails, and goes on', async () => {
    const address = await open(({ path }) =>
      path === '/bad' ? Promise.reject(new Error('broken')) : Promise.resolve({ status: 200, headers: {}, body: 'ok' }),
    );
    expect((await fetch(`${address}/bad`)).status).toBe(500);
    expect(await (await fetch(`${address}/good`)).text()).toBe('ok');
  });
});
