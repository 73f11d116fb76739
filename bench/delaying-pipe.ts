/** A TCP pipe that is as far away as a network between continents: every byte arrives later, in order, at any rate. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { chance } from '../local/farm/fixtures/random.ts';

interface DelayingPipe {
  port: number;
  close(): void;
}

/** Half of the round trip each way, and up to a tenth of it more, by chance that the seed repeats. */
export async function openDelayingPipe(
  target: { host: string; port: number },
  settings: { roundTripMs: number; seed: number },
): Promise<DelayingPipe> {
  const { integer } = chance(settings.seed);
  const oneWayMs = settings.roundTripMs / 2;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, noDelay: true, allowHalfOpen: true });
    carry(near, far);
    carry(far, near);
  });

  function carry(from: Socket, to: Socket): void {
    open.add(from);
    const waiting: (() => void)[] = [];
    // Each timer lets through whoever came first: its fraction of a millisecond is cut off, so a later one may be over sooner.
    const later = (run: () => void) => {
      waiting.push(run);
      const jitterMs = (oneWayMs * integer(1000)) / 10_000;
      setTimeout(() => waiting.shift()?.(), oneWayMs + jitterMs);
    };
    from.on('data', (bytes) => later(() => to.write(bytes)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => open.delete(from));
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
