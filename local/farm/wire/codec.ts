/** Turns messages into bytes and back; the one place that knows protobufjs. */
import protobuf from 'protobufjs';
import { actionsProto } from '../proto/actions.proto.ts';
import { googleProtos } from '../proto/google.proto.ts';
import { remoteExecutionProto } from '../proto/remote-execution.proto.ts';
import { workersProto } from '../proto/workers.proto.ts';
import type { Action, ActionResult, Any, Command, Directory, ExecuteResponse, Tree } from './messages.ts';

// 64-bit fields as plain numbers, whether or not the optional package `long` can be found: sizes stay far below 2^53.
(protobuf.util as { Long: unknown }).Long = undefined;
// Bytes as Buffers: protobufjs looks for them with a `require` that a bundle does not have, and would fall back to plain arrays.
(protobuf.util as { Buffer: unknown }).Buffer = Buffer;
// Absent bytes are none, not an empty list: writing an empty file must get something that can be written.
(protobuf.types.defaults as { bytes: unknown }).bytes = Buffer.alloc(0);
protobuf.configure();

export const root = new protobuf.Root();
for (const text of [...googleProtos, actionsProto, remoteExecutionProto, workersProto]) protobuf.parse(text, root);
root.resolveAll();

interface Codec<T> {
  /** Canonical as long as members with proto3's default value are left out of `message`. */
  encode(message: Partial<T>): Buffer;
  /** Throws on bytes that are no such message. Byte fields share memory with `bytes`. */
  decode(bytes: Uint8Array): T;
}

const reapi = 'build.bazel.remote.execution.v2';

/** @param name full name of the message, without a leading dot */
export function codec<T>(name: string): Codec<T> {
  const type = root.lookupType(name);
  return {
    encode: (message) => type.encode(message).finish() as Buffer,
    decode: (bytes) => type.decode(bytes) as unknown as T,
  };
}

export const actionCodec = codec<Action>(`${reapi}.Action`);
export const commandCodec = codec<Command>(`${reapi}.Command`);
export const directoryCodec = codec<Directory>(`${reapi}.Directory`);
export const treeCodec = codec<Tree>(`${reapi}.Tree`);
export const actionResultCodec = codec<ActionResult>(`${reapi}.ActionResult`);

/** Packs a message as google.protobuf.Any does. */
function pack<T>(name: string, message: Partial<T>): Any {
  return { typeUrl: `type.googleapis.com/${name}`, value: codec<T>(name).encode(message) };
}

export const packExecuteResponse = (response: ExecuteResponse): Any =>
  pack<ExecuteResponse>(`${reapi}.ExecuteResponse`, response);
