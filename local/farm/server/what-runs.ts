/** What an action is called where people read of it: in its client's own words, else by what it makes. */
import { codec, commandCodec } from '../wire/codec.ts';
import type { RequestMetadata } from '../wire/messages.ts';

/** "Attaching metadata to requests" of the Remote Execution API: an encoded RequestMetadata in each call's headers. */
export const REQUEST_METADATA = 'build.bazel.remote.execution.v2.requestmetadata-bin';
const metadataCodec = codec<RequestMetadata>('build.bazel.remote.execution.v2.RequestMetadata');

/** @param header of the call, as it came: old Bazels name neither kind nor target in it, and other clients may send none */
export function whatRuns(header: Uint8Array | undefined, command: Uint8Array): string {
  const { actionMnemonic, targetId } = metadataIn(header);
  return [actionMnemonic, targetId || madeBy(command)].filter(Boolean).join(' ');
}

/** What is no such message says nothing. */
function metadataIn(header: Uint8Array | undefined): Partial<RequestMetadata> {
  try {
    return header === undefined ? {} : metadataCodec.decode(header);
  } catch {
    return {};
  }
}

function madeBy(command: Uint8Array): string {
  const { outputPaths, outputFiles, outputDirectories, arguments: words } = commandCodec.decode(command);
  return outputPaths[0] ?? outputFiles[0] ?? outputDirectories[0] ?? words[0] ?? 'an action';
}
