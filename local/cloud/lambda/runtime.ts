/** The seam between Lambda's state machine and whatever runs the code of functions. */

export interface FunctionSettings {
  name: string;
  arn: string;
  runtime: string;
  /** `FILE.EXPORT`, the file without its ending. */
  handler: string;
  role: string;
  timeoutSeconds: number;
  memoryMiB: number;
  environment: Record<string, string>;
  logGroup: string;
  /** Hash of the zip, base64. */
  codeSha256: string;
  /** Changes with every change of code or configuration: an environment serves one of them only. */
  revisionId: string;
}

export interface Invocation {
  requestId: string;
  settings: FunctionSettings;
  /** JSON text. */
  payload: string;
  /** The zip. */
  code(): Uint8Array;
  /** Fresh temporary credentials of the function's role. */
  credentials(): SessionCredentials;
  log(stream: string, line: string): void;
  /** To be called once, when an environment is ready: from here on the function's timeout runs. */
  begin(): Deadline;
}

export interface Deadline {
  /** Milliseconds since the epoch. */
  at: number;
  /** Aborted when the time is up: the environment must be ended, and the outcome be `timedOut`. */
  expired: AbortSignal;
}

export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

export interface Outcome {
  /** JSON text: the handler's result, or `{errorType, errorMessage, trace?}`. */
  payload: string;
  failed: boolean;
}

/** Never rejects: what goes wrong in a function is an outcome. */
export interface FunctionRuntime {
  invoke(invocation: Invocation): Promise<Outcome>;
  /** The function was changed or deleted: its idle environments are of no more use. */
  retire(functionName: string): void;
}

export const failure = (errorType: string, errorMessage: string, trace?: string[]): Outcome => ({
  payload: JSON.stringify({ errorType, errorMessage, ...(trace ? { trace } : {}) }),
  failed: true,
});

export const timedOut = (requestId: string, seconds: number): Outcome =>
  failure('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`);
