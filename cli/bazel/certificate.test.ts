import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openInstallation } from '../context/installation.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';
import { certificateSource } from './certificate.ts';
import { installationKey } from './function-url.ts';
import { writePrivate } from './private-file.ts';

const issued = {
  certificate: 'c',
  authorities: 'a',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2026-01-02T00:00:00Z',
  role: 'client',
};

/** A reconciler that gives these statuses first, and a certificate from then on. */
async function reconciler(...statuses: number[]) {
  const answers = [...statuses];
  const server = createServer((_request, response) => {
    const status = answers.shift() ?? 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? issued : { Message: 'Rate Exceeded.' }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const program = programDouble();
  onTestFinished(() => {
    server.close();
    rmSync(program.directory, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await chooseContext(program, url);
  const { cacheDirectory } = program.settings;
  const installation = await openInstallation(program.settings, undefined);
  await writePrivate(join(cacheDirectory, 'functions', `${installationKey(installation)}.json`), { url });
  const wish = { installation, cluster: 'main', cacheDirectory, now: () => Date.parse(issued.notBefore) };
  return { ask: certificateSource({ ...wish, pauses: [1, 1] }), left: answers };
}

describe('a certificate', () => {
  it('is had from a reconciler that is throttled or fails for a while', async () => {
    const { ask } = await reconciler(429, 502);
    expect(await ask()).toMatchObject({ certificate: 'c', notAfter: issued.notAfter });
  });

  it('is not had when that lasts, and the error says so', async () => {
    const { ask } = await reconciler(429, 429, 429, 429);
    await expect(ask()).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(/429.*Rate Exceeded/),
    });
  });

  it('that is refused is not asked for again and again', async () => {
    const { ask, left } = await reconciler(403, 403, 403, 403, 403, 403);
    await expect(ask()).rejects.toThrow();
    expect(left.length).toBeGreaterThanOrEqual(4);
  });
});
