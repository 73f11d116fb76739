/** A worker's connection to the server: mutual TLS that accepts no other cluster and no other role, or a gateway's plaintext. */
import type { PeerCertificate } from 'node:tls';
import {
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { whyNotServerOf } from '../../../reconciler/access/certificate-names.ts';
import type { TlsMaterial } from '../../../reconciler/access/tls-material.ts';
import { serviceDefinition } from '../wire/service.ts';

export interface Channel {
  unary<A>(method: Method, request: object, options?: CallOptions): Promise<A>;
  /** Answers come as the stream's objects. */
  answers<A>(method: Method, request: object): AsyncIterable<A>;
  /** Sends every request; stops early when the server has answered. */
  requests<A>(method: Method, requests: AsyncIterable<object>): Promise<A>;
  close(): void;
}
interface CallOptions {
  /** Milliseconds from now. */
  timeoutMs?: number;
  signal?: AbortSignal;
}
type Method = MethodDefinition<object, object>;

/** @param service full name of the service */
export function methodOf(service: string, name: string): Method {
  const method = serviceDefinition(service)[name];
  if (!method) throw new Error(`${service} has no method ${name}`);
  return method as Method;
}

/** As the server's windows: one upload in flight, and all of them. */
const options = {
  // Orders for all slots at once, each with its action's directories.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.enable_channelz': 0,
  // Endpoints are addresses, which TLS has no name for; whom we talk to is what checkServer looks at.
  'grpc.ssl_target_name_override': 'server',
  'grpc.service_config_disable_resolution': 1,
};

const UNARY_TIMEOUT_MS = 60_000;
/** For one blob of any size. */
const TRANSFER_TIMEOUT_MS = 3_600_000;

/** Node has checked by then that an authority we trust signed the certificate, but not whom it names. */
function checkServer(cluster: string) {
  return (_host: string, peer: PeerCertificate): Error | undefined => {
    const why = whyNotServerOf(cluster, peer.subjectaltname);
    return why === undefined ? undefined : new Error(`the server is not to be trusted: ${why}`);
  };
}

function credentialsOf(cluster: string, tls: TlsMaterial | undefined) {
  if (tls === undefined) return credentials.createInsecure();
  const [authorities, key, certificate] = [tls.authorities, tls.key, tls.certificate].map((pem) => Buffer.from(pem));
  return credentials.createSsl(authorities, key, certificate, { checkServerIdentity: checkServer(cluster) });
}

/**
 * @param endpoint host:port
 * @param tls undefined for the gateway of this task, which does the TLS
 */
export function openChannel(endpoint: string, cluster: string, tls: TlsMaterial | undefined): Channel {
  const client = new Client(endpoint, credentialsOf(cluster, tls), options);
  const metadata = new Metadata();
  return {
    close: () => client.close(),
    unary: (method, request, { timeoutMs = UNARY_TIMEOUT_MS, signal } = {}) =>
      new Promise((resolve, reject) => {
        const callOptions = { deadline: Date.now() + timeoutMs };
        const { path, requestSerialize, responseDeserialize } = method;
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          callOptions,
          (error, answer) => {
            signal?.removeEventListener('abort', cancel);
            if (error) reject(error);
            else resolve(answer as never);
          },
        );
        const cancel = () => call.cancel();
        signal?.addEventListener('abort', cancel);
        if (signal?.aborted) cancel();
      }),
    answers: ({ path, requestSerialize, responseDeserialize }, request) =>
      client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata, {
        deadline: Date.now() + TRANSFER_TIMEOUT_MS,
      }) as ClientReadableStream<never>,
    requests: (method, requests) => sendAll(client, metadata, method, requests),
  };
}

function sendAll<A>(client: Client, metadata: Metadata, method: Method, requests: AsyncIterable<object>): Promise<A> {
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    let answered = false;
    let wake = () => {};
    const call: ClientWritableStream<object> = client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadata,
      { deadline: Date.now() + TRANSFER_TIMEOUT_MS },
      (error, answer) => {
        answered = true;
        wake();
        if (error) reject(error);
        else resolve(answer as never);
      },
    );
    const send = async () => {
      for await (const request of requests) {
        if (answered) break;
        if (call.write(request)) continue;
        await new Promise<void>((drained) => {
          wake = drained;
          call.once('drain', drained);
        });
      }
      call.end();
    };
    send().catch((error) => {
      call.cancel();
      reject(error);
    });
  });
}
