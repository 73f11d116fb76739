import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainPorts } from '../behind-gateway.ts';
import { newDirectory, removeDirectory } from '../fixtures/temporary.ts';
import { Code } from '../wire/status.ts';
import { methodOf, openChannel } from '../worker/channel.ts';
import { createFarmServer, type FarmServer } from './farm-server.ts';

describe('BBF_TLS', () => {
  it('is empty where the program does its own TLS, or says that a gateway does', () => {
    expect(plainPorts({})).toBe(undefined);
    expect(plainPorts({ BBF_TLS: '' })).toBe(undefined);
    expect(plainPorts({ BBF_TLS: 'gateway' })).toEqual({ client: 8970, worker: 8972 });
    expect(plainPorts({ BBF_TLS: 'gateway', BBF_WORKER_PORT: '9' })).toEqual({ client: 8970, worker: 9 });
  });
  it.each([
    [{ BBF_TLS: 'off' }, /BBF_TLS is "off"; expected gateway/],
    [{ BBF_TLS: 'gateway', BBF_CLIENT_PORT: 'x' }, /BBF_CLIENT_PORT is "x"/],
  ])('%o is refused', (environment, message) => {
    expect(() => plainPorts(environment)).toThrow(message);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), 'close');
  return port;
}

describe('a server behind a gateway', () => {
  const directory = newDirectory();
  let server: FarmServer;
  let ports: { client: number; worker: number };
  beforeAll(async () => {
    ports = { client: await freePort(), worker: await freePort() };
    server = await createFarmServer({ cluster: 'main', directory, maxBlobBytes: 1e8, plainPorts: ports });
  });
  afterAll(async () => {
    await server.close();
    await removeDirectory(directory);
  });

  async function outcome(port: number, service: string, method: string): Promise<number> {
    const channel = openChannel(`127.0.0.1:${port}`, 'main', undefined);
    try {
      await channel.unary(methodOf(service, method), {});
      return Code.OK;
    } catch (error) {
      return (error as { code: number }).code;
    } finally {
      channel.close();
    }
  }

  it('takes the port for the role', async () => {
    const capabilities = ['build.bazel.remote.execution.v2.Capabilities', 'GetCapabilities'] as const;
    const workers = ['bbf.farm.v1.Workers', 'Finish'] as const;
    expect(await outcome(ports.client, ...capabilities)).toBe(Code.OK);
    expect(await outcome(ports.client, ...workers)).toBe(Code.PERMISSION_DENIED);
    expect(await outcome(ports.worker, ...workers)).toBe(Code.OK);
    expect(await outcome(ports.worker, ...capabilities)).toBe(Code.PERMISSION_DENIED);
  });

  it('listens on loopback alone', async () => {
    const [error] = await once(connect(ports.client, '127.0.0.2'), 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });
});
