/** The agents of a server and its worker over a whole life: certificates, activity, drain and protection, against the real reconciler. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GetTaskProtectionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FarmOfAgents, startFarmOfAgents, type WorkerTask } from './farm-of-agents.ts';
import { until } from './installation.ts';

let farm: FarmOfAgents;
let server: Awaited<ReturnType<FarmOfAgents['startServer']>>;
let worker: WorkerTask;

const tls = (runDirectory: string, name: string) => join(runDirectory, 'tls', `${name}.pem`);
const certificateOf = (runDirectory: string) => new X509Certificate(readFileSync(tls(runDirectory, 'certificate')));
const isProtected = async (task: string) => {
  const { protectedTasks = [] } = await farm.ecs.send(new GetTaskProtectionCommand({ cluster: 'bbf', tasks: [task] }));
  return protectedTasks[0]?.protectionEnabled;
};
const activity = () => farm.activity();
const workerInActivity = async () => (await activity())?.workers.find(({ name }) => name === worker.taskId);
const untilWorker = (
  what: string,
  holds: (load: NonNullable<Awaited<ReturnType<typeof workerInActivity>>>) => boolean,
) =>
  until(what, async () => {
    const load = await workerInActivity();
    return load && holds(load) ? load : undefined;
  });

beforeAll(async () => {
  farm = await startFarmOfAgents();
  await farm.want(1);
  server = await farm.startServer();
  await until('the server is known', async () => (await farm.status())?.endpoint ?? undefined);
  worker = await farm.startWorker(server.port);
});
afterAll(() => farm?.end());

describe('the agent of a server', () => {
  it('has a certificate of the cluster’s authority, by its name and address, and its key is for the user alone', () => {
    const certificate = certificateOf(server.runDirectory);
    const authority = new X509Certificate(readFileSync(tls(server.runDirectory, 'authorities')));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=bbf server main');
    expect(certificate.subjectAltName).toContain(`IP Address:${server.address}`);
    expect(statSync(tls(server.runDirectory, 'key')).mode & 0o777).toBe(0o600);
  });

  it('tells the reconciler where the farm is and what it does', async () => {
    const found = await activity();
    expect(found?.server).toMatchObject({ taskId: server.taskId, endpoint: `${server.address}:8980` });
    server.state.queues = { default: 5, 'default--arch': 1 };
    server.state.dispatched = 3;
    await until('the queue is told', async () => ((await activity())?.queued === 6 ? true : undefined));
    expect(await activity()).toMatchObject({ running: 3, idleSince: null, pools: { default: { queued: 6 } } });
    server.state.queues = {};
    server.state.dispatched = 0;
    await until('it is idle', async () => (await activity())?.idleSince ?? undefined);
  });
});

describe('the agent of a worker', () => {
  it('protects its task and reaches the server before the worker may begin', async () => {
    await until('the worker may begin', () => worker.hasBegun() || undefined);
    expect(await isProtected(worker.taskId)).toBe(true);
    expect(certificateOf(worker.runDirectory).subject).toBe('CN=bbf worker main');
    expect(readFileSync(join(worker.runDirectory, 'server'), 'utf8')).toBe(`${server.address}\n`);
    expect(readFileSync(join(worker.workDirectory, 'ready'), 'utf8')).toBe(`${worker.address}:8981\n`);
    const load = await untilWorker('it is a worker', () => true);
    expect(load).toMatchObject({ pool: 'default', slots: 4, running: 0, draining: false, drained: false });
  });

  it('tells what the worker does', async () => {
    expect(worker.take()).toBe(true);
    await untilWorker('it is busy', ({ running }) => running === 1);
    expect((await activity())?.idleSince).toBeNull();
    worker.finish();
    expect(await untilWorker('it is done', ({ running }) => running === 0)).toMatchObject({ actions: 1, busyMs: 250 });
  });

  it('whose worker falls silent counts as busy', async () => {
    worker.state.silent = true;
    expect(await untilWorker('it counts as busy', ({ running }) => running === 4)).toMatchObject({ drained: false });
    expect((await activity())?.idleSince).toBeNull();
    worker.state.silent = false;
    await untilWorker('it speaks again', ({ running }) => running === 0);
  });
});

it('a server that falls silent is not reported, so that nobody takes it for idle', async () => {
  server.state.silent = true;
  await until('the agent notices', () => farm.logged.find(({ error }) => String(error).includes('does not answer')));
  const before = await activity();
  const asked = server.asked();
  await until('the agent has looked twice more', () => server.asked() >= asked + 2 || undefined);
  expect(await activity()).toEqual(before);
  server.state.queues = { default: 9 };
  server.state.silent = false;
  await until('it is reported again', async () => ((await activity())?.queued === 9 ? true : undefined));
  server.state.queues = {};
});

describe('a worker that is to drain', () => {
  it('ends what it has, takes nothing new then, gives up its protection, and only then is stopped', async () => {
    expect(worker.take()).toBe(true);
    await untilWorker('it is busy', ({ running }) => running === 1);
    await farm.want(0);
    await untilWorker('it drains', ({ draining }) => draining);
    expect(worker.isPaused()).toBe(false);
    expect(await isProtected(worker.taskId)).toBe(true);
    const container = farm.tasks.program(worker.taskId, 'worker');
    expect(container?.signals).toEqual([]);
    worker.finish();
    await until('it is paused', () => worker.isPaused() || undefined);
    expect(worker.take()).toBe(false);
    await untilWorker('it is drained', ({ drained }) => drained);
    expect(await isProtected(worker.taskId)).not.toBe(true);
    await until('ECS stops it', () => (farm.tasks.program(worker.taskId, 'worker') ? undefined : true));
    expect(container?.signals).toEqual(['SIGTERM']);
    expect(worker.ends.count).toBe(0);
    await worker.stop();
  });

  it('and is wanted again while it is busy goes on; once it is paused its task ends, as Buildfarm knows no way back', async () => {
    await farm.want(1);
    worker = await farm.startWorker(server.port);
    await untilWorker('it is a worker', () => true);
    expect(worker.take()).toBe(true);
    await farm.want(0);
    await untilWorker('it drains', ({ draining }) => draining);
    await farm.want(1);
    await untilWorker('it is wanted', ({ draining }) => !draining);
    worker.finish();
    await untilWorker('it is done', ({ running }) => running === 0);
    expect(worker.isPaused()).toBe(false);
    await farm.want(0);
    await until('it is paused', () => worker.isPaused() || undefined);
    await farm.want(1);
    await until('its task ends', () => (worker.ends.count > 0 ? true : undefined));
    expect(farm.logged.find(({ message }) => String(message).includes('this task ends'))).toBeDefined();
    await worker.stop();
  });
});

it('certificates are renewed before they end, each with a key of its own', async () => {
  farm.certificates.lifeMs = 3_000;
  farm.tasks.program(worker.taskId, 'agent')?.exit(1);
  worker = await farm.startWorker(server.port);
  const key = () => readFileSync(tls(worker.runDirectory, 'key'), 'utf8');
  const [serial, before] = [certificateOf(worker.runDirectory).serialNumber, key()];
  await until('there is a new one', () =>
    certificateOf(worker.runDirectory).serialNumber === serial ? undefined : true,
  );
  expect(key()).not.toBe(before);
  expect(existsSync(`${tls(worker.runDirectory, 'certificate')}.next`)).toBe(false);
  farm.certificates.lifeMs = undefined;
});
