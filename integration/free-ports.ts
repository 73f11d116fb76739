/**
 * Ports of 127.0.0.1 that nobody uses, for programs that are told their port.
 *
 * They lie below those that systems give out by themselves (Linux from 32768, macOS and IANA from 49152): a port from
 * up there, free a moment ago, may be another test's connection when the program comes to listen. For the same reason
 * each of the processes that Vitest runs side by side has a stretch of its own, and none is given twice.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const LOWEST = 20_000;
const BEYOND = 32_768;
const STRETCHES = 8;

const stretch = Math.floor((BEYOND - LOWEST) / STRETCHES);
const lowest = LOWEST + (Number(process.env.VITEST_POOL_ID ?? 0) % STRETCHES) * stretch;
const given = new Set<number>();

/** All are held at once and given up together. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { port: number; server: Server }[] = [];
  while (held.length < count) {
    const port = randomInt(lowest, lowest + stretch);
    if (given.has(port)) continue;
    const server = await hold(port);
    if (server === undefined) continue;
    given.add(port);
    held.push({ port, server });
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
