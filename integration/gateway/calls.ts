/** Callers of a gateway, good and bad, and what they get to hear. */
import { once } from 'node:events';
import { connect as connectHttp2, type Settings } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { methodOf } from '../../local/farm/worker/channel.ts';
import type { TlsMaterial } from '../../reconciler/access/tls-material.ts';

/** `key` and `certificate` are left out by who shows none. */
type Shown = Pick<TlsMaterial, 'authorities'> & Partial<TlsMaterial>;

const capabilities = methodOf('build.bazel.remote.execution.v2.Capabilities', 'GetCapabilities');
const CALL_LIMIT_MS = 20_000;

/** Without keepalive: grpc-js takes a connection on which it was told to open no new call for broken when it pings. */
export function clientOf(endpoint: string, tls: Shown): Client {
  const [ca = null, key = null, certificate = null] = [tls.authorities, tls.key, tls.certificate].map((pem) =>
    pem === undefined ? null : Buffer.from(pem),
  );
  const secure = credentials.createSsl(ca, key, certificate, { checkServerIdentity: () => undefined });
  return new Client(endpoint, secure, { 'grpc.ssl_target_name_override': 'server' });
}

/** `OK`, or code and message as a gRPC client sees them. */
export async function askCapabilities(endpoint: string, tls: Shown): Promise<string> {
  const client = clientOf(endpoint, tls);
  const { path, requestSerialize, responseDeserialize } = capabilities;
  const deadline = Date.now() + CALL_LIMIT_MS;
  try {
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, { deadline }, (problem) =>
        resolve(problem),
      );
    });
    return error ? `${error.code} ${error.details}` : 'OK';
  } finally {
    client.close();
  }
}

function open(endpoint: string, { key, certificate, authorities }: Shown): TLSSocket {
  const { hostname: host, port } = new URL(`tls://${endpoint}`);
  const shown = key === undefined || certificate === undefined ? {} : { key, cert: certificate };
  return connect({
    host,
    port: Number(port),
    ca: authorities,
    ALPNProtocols: ['h2'],
    checkServerIdentity: () => undefined,
    ...shown,
  });
}

/** Serial number of the certificate that is shown to a new connection. */
export function serialAt(endpoint: string, tls: Shown): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = open(endpoint, tls);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** Sends `text` through a TLS port and resolves with the first answer, or `closed`. */
export function say(endpoint: string, tls: Shown, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = open(endpoint, tls);
    socket.once('secureConnect', () => socket.write(text));
    answerOf(socket, resolve);
  });
}

/** The same in plaintext, at a port of loopback. */
export function sayPlain(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(text));
    answerOf(socket, resolve);
  });
}

function answerOf(socket: ReturnType<typeof connectTcp>, resolve: (answer: string) => void): void {
  socket.once('data', (answer) => {
    resolve(String(answer));
    socket.destroy();
  });
  socket.once('error', () => resolve('closed'));
  socket.once('close', () => resolve('closed'));
}

export const portOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** HTTP/2 settings of who listens there: its windows among them. */
export async function settingsAt(endpoint: string, tls: Shown): Promise<Settings> {
  const session = connectHttp2(`https://${endpoint}`, { createConnection: () => open(endpoint, tls) });
  const [settings] = (await once(session, 'remoteSettings')) as [Settings];
  session.destroy();
  return settings;
}
