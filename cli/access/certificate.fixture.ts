/** A reconciler for tests that answers certificates, or the statuses that it is told to answer first; and a wish for one of them. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openInstallation } from '../context/installation.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';
import { installationKey } from './function-url.ts';
import { writePrivate } from './private-file.ts';

/** As that of the reconciler: for clocks that differ. */
const SKEW_MS = 5 * 60_000;

/** Each certificate lives `lifeMs` from its making, and is called c1, c2, … */
export async function certificateDouble({ lifeMs = 12 * 3_600_000, now = Date.now } = {}) {
  const statuses: number[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString('utf8'));
    const status = statuses.shift() ?? 200;
    const instant = (ms: number) => new Date(now() + ms).toISOString();
    const issued = { certificate: `c${bodies.length}`, authorities: 'a', role: 'client' };
    const dates = { notBefore: instant(-SKEW_MS), notAfter: instant(lifeMs) };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { ...issued, ...dates } : { Message: `no, says ${status}` }));
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
  const installation = await openInstallation(program, undefined);
  const key = installationKey(installation);
  await writePrivate(join(cacheDirectory, 'functions', `${key}.json`), { url });
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  return {
    wish: { installation, cluster: 'main', cacheDirectory, now, note, pauses: [1, 1] },
    /** Answered before any certificate, in this order. */
    statuses,
    /** Of the requests so far. */
    bodies,
    notes,
    /** Where the certificate is kept. */
    file: join(cacheDirectory, 'certificates', `${key}--main.json`),
  };
}
