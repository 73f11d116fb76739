import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { works } from './container.ts';

/** The exit code of the check, of a server on the loopback. */
async function checked(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = execFile('bash', ['-c', works(port, 1)]);
  const [code] = await once(child, 'exit');
  server.closeAllConnections();
  server.close();
  return code as number;
}

it('a farm’s program that tells its metrics works', async () => {
  const seen: string[] = [];
  const code = await checked(({ method, url }, response) => {
    seen.push(`${method} ${url}`);
    response.end('execution_slot_usage 0\n'.repeat(10_000));
  });
  expect([code, seen]).toEqual([0, ['GET /metrics']]);
});

it.each<[string, RequestListener]>([
  ['that accepts and says nothing, as one that hangs does', () => {}],
  ['that answers with an error', (_request, response) => response.writeHead(500).end()],
  ['that hangs up', ({ socket }) => socket.destroy()],
])('one does not %s', async (_what, answer) => expect(await checked(answer)).not.toBe(0));
