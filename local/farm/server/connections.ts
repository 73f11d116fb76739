/** The server's port: mutual TLS of our own, whose connections are handed to grpc-js, so that certificates can change at any time. */
import { constants } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import { type Identity, identify } from '../../../reconciler/access/certificate-names.ts';
import type { TlsMaterial } from '../../../reconciler/access/tls-material.ts';
import { withLargeWindows } from './http2-windows.ts';

export interface Connections {
  port: number;
  /** Who a call's peer (`address:port`) is, or why it is nobody; undefined for a connection that is gone. */
  identityOf(peer: string): Identity | string | undefined;
  /** New connections see the new certificates; open ones stay as they are. */
  setTls(material: TlsMaterial): void;
  close(): Promise<void>;
}

const secureContext = ({ key, certificate, authorities }: TlsMaterial) => ({ key, cert: certificate, ca: authorities });

/** Tickets would let a client return after its certificate has expired. */
const tlsSettings = {
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
  ALPNProtocols: ['h2'],
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

/**
 * Listens at `address` and `port` (0: any).
 *
 * grpc-js can reload certificates of a port it owns by an experimental provider only, asks for the peer's certificate by
 * decoding it again on every call, and offers no HTTP/2 windows. Its connection injector is stable and leaves TLS to us.
 */
export async function listen(
  server: Server,
  settings: { address: string; port: number; cluster: string; tls: TlsMaterial },
): Promise<Connections> {
  const identities = new Map<string, { socket: TLSSocket; identity: Identity | string }>();
  const injector = withLargeWindows(() => server.createConnectionInjector(ServerCredentials.createInsecure()));
  const port = createServer({ ...tlsSettings, ...secureContext(settings.tls) });
  const sockets = new Set<TLSSocket>();

  port.on('secureConnection', (socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const identity = identify(socket.getPeerCertificate().subjectaltname, settings.cluster);
    identities.set(peer, { socket, identity });
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (identities.get(peer)?.socket === socket) identities.delete(peer);
    });
    socket.setNoDelay(true);
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    port.once('error', reject);
    port.listen(settings.port, settings.address, resolve);
  });

  return {
    port: (port.address() as AddressInfo).port,
    identityOf: (peer) => identities.get(peer)?.identity,
    setTls: (material) => port.setSecureContext({ ...tlsSettings, ...secureContext(material) }),
    async close() {
      const closed = new Promise((resolve) => port.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
