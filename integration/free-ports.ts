/**
 * Ports of 127.0.0.1 that nobody uses, for programs that are told their port.
 *
 * They lie below those that systems give out by themselves (Linux from 32768, macOS and IANA from 49152): a port from
 * up there, free a moment ago, may be another test's connection when the program comes to listen.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const LOWEST = 20_000;
const BEYOND = 32_768;

/** All are held at once, so that they differ, and given up together. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { port: number; server: Server }[] = [];
  while (held.length < count) {
    const port = randomInt(LOWEST, BEYOND);
    const server = await hold(port);
    if (server !== undefined) held.push({ port, server });
  }
  await Promise.all(held.map(({ server }) => once(server.close(), 'close')));
  return held.map(({ port }) => port);
}

async function hold(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
