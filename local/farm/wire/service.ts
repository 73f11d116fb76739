/** Service definitions for grpc-js, made from the protocol's own text. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { codec, root } from './codec.ts';

/** @param name full name of the service, e.g. `google.bytestream.ByteStream` */
export function serviceDefinition(name: string): ServiceDefinition {
  const service = root.lookupService(name);
  return Object.fromEntries(
    service.methodsArray.map((method) => {
      method.resolve();
      const request = codec<object>(method.resolvedRequestType?.fullName.slice(1) ?? '');
      const response = codec<object>(method.resolvedResponseType?.fullName.slice(1) ?? '');
      const definition: MethodDefinition<object, object> = {
        path: `/${name}/${method.name}`,
        requestStream: method.requestStream ?? false,
        responseStream: method.responseStream ?? false,
        requestSerialize: request.encode,
        requestDeserialize: request.decode,
        responseSerialize: response.encode,
        responseDeserialize: response.decode,
      };
      return [method.name, definition];
    }),
  );
}
