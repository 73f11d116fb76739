/** The server's ports behind a gateway: plaintext on loopback, and the port says which role calls. */
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import type { CertificateRole } from '../../../reconciler/access/caller.ts';
import type { Identity } from '../../../reconciler/access/certificate-names.ts';
import type { PlainPorts } from '../behind-gateway.ts';
import type { Connections } from './connections.ts';
import { withLargeWindows } from './http2-windows.ts';

/** Never any other address: who reaches these ports is believed. */
const LOOPBACK = '127.0.0.1';

/** Listens at both ports (0: any). The gateway has looked at the certificates, which also say the cluster. */
export async function listenPlain(
  server: Server,
  { cluster, plainPorts }: { cluster: string; plainPorts: PlainPorts },
): Promise<Connections> {
  const identities = new Map<string, Identity>();
  const sockets = new Set<Socket>();
  const injector = withLargeWindows(() => server.createConnectionInjector(ServerCredentials.createInsecure()));

  async function open(role: CertificateRole, port: number): Promise<NetServer> {
    const listener = createServer({ noDelay: true }, (socket) => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      identities.set(peer, { role, cluster, arn: '' });
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        identities.delete(peer);
      });
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(port, LOOPBACK, resolve);
    });
    return listener;
  }

  const clients = await open('client', plainPorts.client);
  const workers = await open('worker', plainPorts.worker);
  return {
    port: (clients.address() as AddressInfo).port,
    identityOf: (peer) => identities.get(peer),
    setTls: () => undefined,
    async close() {
      const closed = [clients, workers].map((listener) => new Promise((resolve) => listener.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}
