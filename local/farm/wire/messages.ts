/** Types of the protocol's messages as protobufjs decodes them: absent scalars read as zero, absent messages as null. */

export interface Digest {
  /** SHA-256, 64 lower-case hexadecimal digits. */
  hash: string;
  sizeBytes: number;
}
export interface Timestamp {
  seconds: number;
  nanos: number;
}
export interface Property {
  name: string;
  value: string;
}
export interface Platform {
  properties: Property[];
}
export interface Action {
  commandDigest: Digest | null;
  inputRootDigest: Digest | null;
  timeout: Timestamp | null;
  doNotCache: boolean;
  platform: Platform | null;
}
export interface Command {
  arguments: string[];
  environmentVariables: Property[];
  outputFiles: string[];
  outputDirectories: string[];
  outputPaths: string[];
  platform: Platform | null;
  workingDirectory: string;
}

/** What a client says of itself and of a call; only what the farm reads. */
export interface RequestMetadata {
  actionMnemonic: string;
  targetId: string;
}

export interface FileNode {
  name: string;
  digest: Digest | null;
  isExecutable?: boolean;
}
interface DirectoryNode {
  name: string;
  digest: Digest | null;
}
interface SymlinkNode {
  name: string;
  target: string;
}
export interface Directory {
  files: FileNode[];
  directories: DirectoryNode[];
  symlinks: SymlinkNode[];
}
export interface Tree {
  root: Directory | null;
  children: Directory[];
}

interface OutputFile {
  path: string;
  digest: Digest | null;
  isExecutable?: boolean;
  contents?: Uint8Array;
}
interface OutputDirectory {
  path: string;
  treeDigest: Digest | null;
}
interface OutputSymlink {
  path: string;
  target: string;
}
/** When each part of an action's life began and ended. */
export interface ExecutedActionMetadata {
  worker: string;
  queuedTimestamp: Timestamp | null;
  workerStartTimestamp: Timestamp;
  workerCompletedTimestamp: Timestamp;
  inputFetchStartTimestamp: Timestamp;
  inputFetchCompletedTimestamp: Timestamp;
  executionStartTimestamp: Timestamp;
  executionCompletedTimestamp: Timestamp;
  outputUploadStartTimestamp: Timestamp;
  outputUploadCompletedTimestamp: Timestamp;
}
export interface ActionResult {
  outputFiles: OutputFile[];
  outputDirectories: OutputDirectory[];
  outputFileSymlinks: OutputSymlink[];
  outputDirectorySymlinks: OutputSymlink[];
  outputSymlinks: OutputSymlink[];
  exitCode: number;
  stdoutRaw?: Uint8Array;
  stdoutDigest?: Digest | null;
  stderrRaw?: Uint8Array;
  stderrDigest?: Digest | null;
  executionMetadata?: ExecutedActionMetadata | null;
}

export interface Any {
  typeUrl: string;
  value: Uint8Array;
}
/** google.rpc.Status; `code` is a gRPC status code. */
export interface RpcStatus {
  code: number;
  message: string;
  details: Any[];
}
export interface Violation {
  type: string;
  subject: string;
  description?: string;
}
export interface ExecuteResponse {
  result?: ActionResult | null;
  cachedResult?: boolean;
  status?: RpcStatus | null;
  message?: string;
}
export interface Operation {
  name: string;
  done: boolean;
  metadata: Any | null;
  response: Any | null;
}

export interface BlobData {
  digest: Digest | null;
  data: Uint8Array;
}
export interface BlobAnswer {
  digest: Digest;
  data?: Uint8Array;
  status: Partial<RpcStatus>;
}
