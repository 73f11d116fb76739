/**
 * Two tasks as they are on AWS, six containers of bbf's images: agent, gateway and engine of a server, the same of a worker. Their
 * certificates are of the real access code, and go from agent to gateway by the volume that they share; a real Bazel builds through
 * them. Buildfarm's images can't be had everywhere, so the engine is the local farm, and what the agents read of Buildfarm is played.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildFarmImages } from '../../cli/local/farm-images.ts';
import { programDouble } from '../../cli/testing/program-double.ts';
import { bazels, remoteFlags, workspace } from '../../local/farm/fixtures/bazel.ts';
import { type Forwarder, startForwarder } from '../../local/farm/fixtures/forwarder.ts';
import { startTaskWorld, type TaskWorld } from '../../local/farm/fixtures/task-world.ts';
import { newDirectory, removeDirectory } from '../../local/farm/fixtures/temporary.ts';
import { createTestAuthority } from '../../local/farm/fixtures/test-authority.ts';
import { requestCertificate } from '../../reconciler/access/certificate-client.ts';
import { type FarmOfAgents, startFarmOfAgents } from '../farm-of-agents.ts';
import { fourFreePorts, type Gateway, type Ports } from '../gateway/gateway.ts';
import { until } from '../installation.ts';
import { root } from '../programs.ts';
import { AGENT_IMAGE, buildAgentImage } from './agent-image.ts';
import { buildImage } from './build.ts';
import { GATEWAY_IMAGE, startGatewayContainer } from './gateway-container.ts';

const LONG_MS = 300_000;
const RULES = `
[genrule(name = "g%d" % i, outs = ["g%d.txt" % i], cmd = "test -e /.dockerenv && echo %d > $@" % i) for i in range(8)]
genrule(name = "sum", srcs = [":g%d" % i for i in range(8)], outs = ["sum.txt"], cmd = "cat $(SRCS) > $@")
`;

const docker = async (...args: string[]) => (await promisify(execFile)('docker', args)).stdout.trim();

describe.skipIf(inject('missingEngine'))('agents, gateways and engines as containers', () => {
  const containers: string[] = [];
  const gateways: Gateway[] = [];
  let farm: FarmOfAgents;
  let world: TaskWorld;
  let forwarder: Forwarder | undefined;
  const directory = newDirectory();

  async function start(image: string, environment: Record<string, string>, volumes: string[] = []): Promise<string> {
    const container = await docker(
      ...['run', '--detach', '--network=host'],
      ...volumes.map((volume) => `--volume=${volume}`),
      ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
      image,
    );
    containers.push(container);
    return container;
  }

  beforeAll(async () => {
    buildAgentImage();
    await buildImage(join(root, 'images', 'gateway'), GATEWAY_IMAGE);
    const program = programDouble();
    await buildFarmImages(
      Object.assign(program, {
        settings: { ...program.settings, program: join(root, 'dist', 'bbf.cjs'), childEnvironment: process.env },
      }),
    );
    world = await startTaskWorld(createTestAuthority());
    farm = await startFarmOfAgents();
    await farm.want(1);
  }, LONG_MS);
  afterAll(async () => {
    await forwarder?.close();
    await Promise.all(gateways.map((gateway) => gateway.close()));
    if (containers.length > 0) await docker('rm', '--force', ...containers);
    await farm?.end();
    await world?.close();
    await removeDirectory(directory);
  });

  /** Agent and gateway of a task, which share the folder of its certificates. */
  async function companions(
    kind: 'server' | 'worker',
    task: { environment: Record<string, string>; metricsUrl: string; runDirectory: string; workDirectory?: string },
    address: string,
    innerPorts: Ports,
  ): Promise<void> {
    const { environment, metricsUrl, runDirectory, workDirectory } = task;
    mkdirSync(runDirectory, { recursive: true });
    const given = { ...environment, BBF_METRICS_URL: metricsUrl, BBF_AGENT_PORT: String(innerPorts[3]) };
    const work = workDirectory === undefined ? [] : [`${workDirectory}:/work`];
    await start(AGENT_IMAGE, given, [`${runDirectory}:/run/bbf`, ...work]);
    gateways.push(await startGatewayContainer({ kind, address, directory: runDirectory, innerPorts }));
  }

  it('build with Bazel, and the agents know of it', { timeout: LONG_MS }, async () => {
    const [atServer, atWorker] = [await fourFreePorts(), await fourFreePorts()];
    const server = await farm.prepareServer();
    await companions('server', server, server.address, atServer);
    const task = (role: 'server' | 'worker') => world.environmentOf({ id: role, role, address: server.address });
    const behind = ([client, , worker]: Ports) => ({
      BBF_TLS: 'gateway',
      BBF_CLIENT_PORT: String(client),
      BBF_WORKER_PORT: String(worker),
    });
    await start('bbf/farm-server', { ...task('server'), ...behind(atServer) });

    const worker = await farm.prepareWorker();
    await companions('worker', worker, server.address, atWorker);
    const pool = { BBF_POOL: 'default', BBF_SLOTS: '4', BBF_PLATFORM: '{"OSFamily":"linux"}' };
    await start('bbf/farm-worker', { ...task('worker'), ...behind(atWorker), ...pool });
    await until('the worker may begin: its agent has reached the server’s by way of both gateways', () =>
      worker.hasBegun() ? true : undefined,
    );
    expect(worker.take()).toBe(true);
    await until('its work is known', async () => (await farm.activity())?.running === 1 || undefined);

    const { BBF_ACCESS_URL: url = '' } = server.environment;
    const target = { url, region: 'us-east-1', credentials: async () => farm.credentials, cluster: 'main' };
    const certificate = await requestCertificate(target);
    expect(certificate.role).toBe('client');
    forwarder = await startForwarder({ host: server.address, port: 8980 }, certificate);
    const program = bazels.npm.program(join(directory, 'programs')) ?? '';
    const space = workspace(program, join(directory, 'bazel'), { BUILD: RULES });
    const { exitCode, output } = await space.run(['build', ...remoteFlags(forwarder.port), '//...']);
    await space.shutdown();
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/9 remote/);
    expect(gateways.map((gateway) => gateway.hasEnded())).toEqual([false, false]);
  });
});
