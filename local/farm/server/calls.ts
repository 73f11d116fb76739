/** Between grpc-js and the farm: each method as a plain function, with the roles that may call it. */
import type {
  Server,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { CertificateRole } from '../../../reconciler/access/caller.ts';
import type { Identity } from '../../../reconciler/access/certificate-names.ts';
import { requireRole } from '../wire/identity.ts';
import { serviceDefinition } from '../wire/service.ts';
import { asCallError } from '../wire/status.ts';

/** What may happen to a call while it is served. */
export interface CallLife {
  /** Runs when the caller goes away or the deadline passes. */
  onCancelled(run: () => void): void;
}
/** Where a stream of answers goes. */
export interface Answers<A> extends CallLife {
  /** Resolves when more may be sent; rejects once the caller is gone. */
  send(answer: A): Promise<void>;
  /** Of the call, by a name that ends with `-bin`. */
  header(name: `${string}-bin`): Uint8Array | undefined;
}

type Method =
  | { kind: 'unary'; run(request: never, life: CallLife): Promise<object> | object }
  | { kind: 'answers'; run(request: never, answers: Answers<never>): Promise<void> }
  | { kind: 'requests'; run(requests: AsyncIterable<never>): Promise<object> };

export const unary = <Q, A extends object>(run: (request: Q, life: CallLife) => Promise<A> | A): Method => ({
  kind: 'unary',
  run: run as never,
});
export const answering = <Q, A>(run: (request: Q, answers: Answers<A>) => Promise<void>): Method => ({
  kind: 'answers',
  run: run as never,
});
export const requesting = <Q, A extends object>(run: (requests: AsyncIterable<Q>) => Promise<A>): Method => ({
  kind: 'requests',
  run: run as never,
});

export interface Service {
  /** Full name, e.g. `google.bytestream.ByteStream`. */
  name: string;
  roles: readonly CertificateRole[];
  methods: Record<string, Method>;
}

type Authorize = (peer: string, method: string) => Identity;

/** grpc-js tells of it once, which may have been before anybody asked. */
function whenCancelled(call: ServerUnaryCall<never, object> | ServerWritableStream<never, never>, run: () => void) {
  if (call.cancelled) run();
  else call.on('cancelled', run);
}

function serveUnary(method: Method, authorize: (peer: string) => Identity) {
  return (call: ServerUnaryCall<never, object>, answer: sendUnaryData<object>) => {
    const serve = async () => {
      authorize(call.getPeer());
      const life: CallLife = { onCancelled: (run) => whenCancelled(call, run) };
      return method.kind === 'unary' ? method.run(call.request, life) : {};
    };
    serve().then(
      (value) => answer(null, value),
      (error) => answer(asCallError(error)),
    );
  };
}

function answersOf(call: ServerWritableStream<never, never>): Answers<never> {
  return {
    onCancelled: (run) => whenCancelled(call, run),
    header: (name) => call.metadata.get(name)[0] as Buffer | undefined,
    send: (answer) => {
      if (call.cancelled) return Promise.reject(new Error('the caller is gone'));
      if (call.write(answer)) return Promise.resolve();
      return new Promise((resolve, reject) => {
        call.once('drain', resolve);
        call.once('cancelled', () => reject(new Error('the caller is gone')));
      });
    },
  };
}

function serveAnswers(method: Method, authorize: (peer: string) => Identity) {
  return (call: ServerWritableStream<never, never>) => {
    const serve = async () => {
      authorize(call.getPeer());
      if (method.kind === 'answers') await method.run(call.request, answersOf(call));
    };
    serve().then(
      () => call.end(),
      (error) => call.emit('error', asCallError(error)),
    );
  };
}

function serveRequests(method: Method, authorize: (peer: string) => Identity) {
  return (call: ServerReadableStream<never, object>, answer: sendUnaryData<object>) => {
    // A caller that goes away after the answer, or before it, is no error of ours.
    call.on('error', () => {});
    const serve = async () => {
      authorize(call.getPeer());
      return method.kind === 'requests' ? method.run(call as AsyncIterable<never>) : {};
    };
    serve().then(
      (value) => answer(null, value),
      (error) => answer(asCallError(error)),
    );
  };
}

const serve = { unary: serveUnary, answers: serveAnswers, requests: serveRequests };

/** Adds the service to the server; methods that it lacks answer UNIMPLEMENTED. */
export function addService(
  server: Server,
  service: Service,
  identityOf: (peer: string) => Identity | string | undefined,
) {
  const authorize: Authorize = (peer, method) =>
    requireRole(identityOf(peer), service.roles, `${service.name}/${method}`);
  const handlers = Object.entries(service.methods).map(([name, method]) => [
    name,
    serve[method.kind](method, (peer) => authorize(peer, name)) as UntypedHandleCall,
  ]);
  server.addService(serviceDefinition(service.name), Object.fromEntries(handlers));
}
