import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterEach, expect, it, vi } from 'vitest';
import { awsClients } from './ports.ts';

const sockets: Socket[] = [];
const silent = createServer((socket) => void sockets.push(socket));
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  vi.unstubAllEnvs();
});

it('a request that nobody answers ends, as on a connection that died while Lambda was frozen', async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const { ecs } = awsClients('us-east-1', 20);
  await expect(ecs.send(new ListTasksCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });
});
