/** Agents of a server and a worker, each behind its gateway: certificates of the real access code, carried over mutual TLS by nginx. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startFarmOfAgents } from './farm-of-agents.ts';
import { freePorts } from './free-ports.ts';
import { until } from './installation.ts';
import { root } from './programs.ts';

const GATEWAY = join(root, 'images/gateway/gateway.sh');

function missing(): string | undefined {
  if (!existsSync(GATEWAY)) return 'there is no gateway';
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'nginx is not installed (apt-get install nginx-light libnginx-mod-stream)';
  }
}

const why = missing();
if (why) console.warn(`agents behind gateways are not tested: ${why}`);

describe.skipIf(why)('agents behind gateways', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-gateways-'));
  const gateways: ChildProcess[] = [];
  let end = async () => {};

  /** Its log is a file: nginx opens its standard error anew, which it can't where that is a socket. */
  async function startGateway(kind: 'server' | 'worker', environment: Record<string, string>) {
    const file = openSync(join(directory, kind), 'a');
    const [healthPort] = await freePorts(1);
    const health = { BBF_GATEWAY_HEALTH_PORT: String(healthPort), BBF_GATEWAY_GRACE_SECONDS: '1' };
    const env = { PATH: process.env.PATH, BBF_CLUSTER: 'main', BBF_GATEWAY: kind, ...health, ...environment };
    gateways.push(spawn(GATEWAY, [], { env, stdio: ['ignore', file, file] }));
  }

  afterAll(async () => {
    await Promise.all(
      gateways.map((gateway) => {
        gateway.kill('SIGTERM');
        return new Promise((resolve) => gateway.once('exit', resolve));
      }),
    );
    await end();
    rmSync(directory, { recursive: true, force: true });
  });

  it('reach each other, so that the worker begins and its work is known', async () => {
    const farm = await startFarmOfAgents();
    end = farm.end;
    await farm.want(1);
    const server = await farm.startServer();
    // For clients, backplane, storage and agent.
    const [outer, inner] = [await freePorts(4), await freePorts(4)];
    await startGateway('server', {
      BBF_RUN: server.runDirectory,
      BBF_GATEWAY_ADDRESS: server.address,
      BBF_GATEWAY_OUTER_PORTS: outer.join(' '),
      BBF_GATEWAY_INNER_PORTS: [...(await freePorts(3)), server.port].join(' '),
    });
    const worker = await farm.startWorker(inner[3] as number);
    await startGateway('worker', {
      BBF_RUN: worker.runDirectory,
      BBF_GATEWAY_OUTER_PORTS: outer.join(' '),
      BBF_GATEWAY_INNER_PORTS: inner.join(' '),
    });
    await until('the worker begins', () => worker.hasBegun() || undefined);
    expect(worker.take()).toBe(true);
    await until('its work is known', async () => (await farm.activity())?.running === 1 || undefined);
    expect(readFileSync(join(directory, 'worker'), 'utf8')).toContain(`whose server is ${server.address}`);
  });
});
