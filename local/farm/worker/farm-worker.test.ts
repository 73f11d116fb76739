import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeAction, responseOf } from '../fixtures/actions.ts';
import { eventually } from '../fixtures/farm.ts';
import { newDirectory, removeDirectory } from '../fixtures/temporary.ts';
import { createTestAuthority } from '../fixtures/test-authority.ts';
import { createFarmServer, type FarmServer } from '../server/farm-server.ts';
import { digestOf } from '../wire/digest.ts';
import type { Operation } from '../wire/messages.ts';
import { methodOf, openChannel } from './channel.ts';
import { createFarmWorker, type FarmWorker } from './farm-worker.ts';
import { createRemoteBlobs } from './remote-blobs.ts';

const MINUTE_MS = 60_000;
const authority = createTestAuthority();
const directory = newDirectory();
/** Says whether the task is protected, so that an action can tell how it was while it ran. */
const protection = join(directory, 'protection');
const isProtected = () => readFileSync(protection, 'utf8') === 'on';

let aheadMs = 0;
let server: FarmServer | undefined;
let worker: FarmWorker;

beforeAll(async () => {
  writeFileSync(protection, 'off');
  worker = createFarmWorker({
    name: 'w1',
    cluster: 'main',
    pool: 'default',
    platform: {},
    slots: 1,
    directory: join(directory, 'worker'),
    maxCacheBytes: 1e8,
    limits: { defaultTimeoutMs: MINUTE_MS, maxStreamBytes: 1e6, maxOutputBytes: 1e6 },
    endpoint: async () => (server ? `127.0.0.1:${server.port}` : null),
    tls: authority.issue({ role: 'worker' }),
    setProtection: async (on) => writeFileSync(protection, on ? 'on' : 'off'),
    now: () => Date.now() + aheadMs,
    log: () => {},
  });
});
afterAll(async () => {
  await worker.stop(0);
  await server?.close();
  await removeDirectory(directory);
});

let servers = 0;
/** Each with a store of its own, as on another machine. */
async function newServer(): Promise<FarmServer> {
  servers += 1;
  const tls = authority.issue({ role: 'server' });
  const place = { address: '127.0.0.1', port: 0, cluster: 'main', directory: join(directory, `server${servers}`) };
  return createFarmServer({ ...place, tls, maxBlobBytes: 1e8 });
}

/** What is answered to a command once some worker has taken it. */
async function answerTo(farm: FarmServer, command: string) {
  const client = openChannel(`127.0.0.1:${farm.port}`, 'main', authority.issue({ role: 'client' }));
  try {
    const action = madeAction({ command: { arguments: ['/bin/sh', '-c', command] } });
    await createRemoteBlobs(() => client).upload(action.blobs.map((data) => ({ digest: digestOf(data), data })));
    const execute = methodOf('build.bazel.remote.execution.v2.Execution', 'Execute');
    let last: Operation | undefined;
    for await (const operation of client.answers<Operation>(execute, { actionDigest: action.digest })) last = operation;
    return last && responseOf(last);
  } finally {
    client.close();
  }
}

/** What it says on stdout. */
const said = async (farm: FarmServer, command: string) =>
  Buffer.from((await answerTo(farm, command))?.result?.stdoutRaw ?? []).toString();

const isKnown = () => server?.demand().workers.some(({ name }) => name === 'w1');

describe('a worker', () => {
  it('protects its task before there is a server', () => eventually('it is protected', isProtected));

  it('gives its task up when there is no server for five minutes', async () => {
    aheadMs += 5 * MINUTE_MS;
    await eventually('it is not protected', () => !isProtected());
  });

  it('protects its task again before it takes the work of a server that comes', async () => {
    server = await newServer();
    expect(await said(server, `cat ${protection}`)).toBe('on');
  });

  it('says so when it has no directory to begin an action in, and takes the next', async () => {
    const work = join(directory, 'worker', 'work');
    renameSync(work, `${work}.aside`);
    const answer = await answerTo(server as FarmServer, 'echo never');
    expect(answer?.status?.message).toContain('ENOENT');
    renameSync(`${work}.aside`, work);
    expect(await said(server as FarmServer, 'echo again')).toBe('again\n');
  });

  it('gives its task up when its server is gone, and registers with the next', async () => {
    await eventually('the server knows it', isKnown);
    const before = server;
    server = undefined;
    await before?.close();
    expect(isProtected()).toBe(true);
    aheadMs += 5 * MINUTE_MS;
    await eventually('it is not protected', () => !isProtected());
    server = await newServer();
    expect(await said(server, `cat ${protection}; echo anew`)).toBe('onanew\n');
    expect(isKnown()).toBe(true);
  });

  it('that is to be drained works again, protected, when the order is gone', async () => {
    server?.setDraining(new Set(['w1']));
    await eventually('it is drained', () => server?.demand().workers[0]?.drained);
    expect(isProtected()).toBe(false);
    const waiting = said(server as FarmServer, `cat ${protection}; echo drained`);
    await eventually('the action is in line', () => server?.demand().queued === 1);
    expect(isProtected()).toBe(false);
    server?.setDraining(new Set());
    expect(await waiting).toBe('ondrained\n');
  });

  it('that is paused finishes what it has, and takes nothing new', async () => {
    const farm = server as FarmServer;
    const { actions, busyMs } = worker.load();
    const gate = join(directory, 'gate');
    const first = said(farm, `until [ -e ${gate} ]; do sleep 0.05; done; echo first`);
    await eventually('it works', () => worker.load().running === 1);
    worker.pause();
    writeFileSync(gate, '');
    expect(await first).toBe('first\n');
    await eventually('its result is known', () => worker.load().running === 0);
    expect(worker.load().actions).toBe(actions + 1);
    expect(worker.load().busyMs).toBeGreaterThan(busyMs);
    const second = said(farm, 'echo second').catch(() => 'given up');
    await eventually('the action is in line', () => farm.demand().queued === 1);
    expect(worker.load().actions).toBe(actions + 1);
    server = undefined;
    await farm.close();
    expect(await second).toBe('given up');
  });
});
