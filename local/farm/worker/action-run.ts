/** One action from its order to its result: fetch inputs, lay them out, run, collect, upload. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { actionCodec, commandCodec } from '../wire/codec.ts';
import type {
  Action,
  ActionResult,
  BlobData,
  Command,
  Digest,
  ExecutedActionMetadata,
  RpcStatus,
  Timestamp,
} from '../wire/messages.ts';
import { asCallError, CallError, Code, missingBlobsStatus, rpcStatus } from '../wire/status.ts';
import { milliseconds, timestamp } from '../wire/timestamp.ts';
import { collectOutputs, type Outputs, requestedPaths, sourceOf } from './collect-outputs.ts';
import type { DirectoryCache } from './directory-cache.ts';
import type { InputCache } from './input-cache.ts';
import { makeDirectories, segmentsOf } from './paths.ts';
import { MissingBlob, type RemoteBlobs, type Source } from './remote-blobs.ts';
import { type RunOutcome, runCommand } from './run-command.ts';
import type { Spawner } from './spawner.ts';
import { type InputLayout, layoutOf, type StageMode, stage } from './stage.ts';

export interface ActionLimits {
  /** For actions that name no time limit of their own. */
  defaultTimeoutMs: number;
  /** Of stdout and of stderr. */
  maxStreamBytes: number;
  maxOutputBytes: number;
}

export interface ActionParts {
  /** Of this worker. */
  name: string;
  cache: InputCache;
  directories: DirectoryCache;
  remote: RemoteBlobs;
  spawner: Spawner;
  limits: ActionLimits;
  /** Milliseconds. */
  now(): number;
}

export interface JobOrder {
  name: string;
  action: Uint8Array;
  command: Uint8Array;
  directories: Uint8Array[];
  queued: Timestamp | null;
}

export interface JobReport {
  job: string;
  result?: ActionResult;
  status?: RpcStatus;
  abandoned?: boolean;
  blobs: BlobData[];
  busyMs: number;
}

/** One Finish message carries so much of small outputs, which saves a call to upload them. */
const INLINE_TOTAL_BYTES = 64 * 1024;
const INLINE_BYTES = 16 * 1024;
/** Streams up to here are part of the result itself, so that the client need not read them as blobs. */
const RAW_STREAM_BYTES = 2 * 1024;

class Stages {
  readonly #now: () => number;
  readonly #at: Partial<ExecutedActionMetadata> = {};
  constructor(now: () => number) {
    this.#now = now;
  }
  mark(...names: (keyof ExecutedActionMetadata & `${string}Timestamp`)[]): void {
    const at = timestamp(this.#now());
    for (const name of names) this.#at[name] = at;
  }
  /** Clients compute durations from these, so none may be missing. */
  metadata(worker: string, queued: Timestamp | null): ExecutedActionMetadata {
    return { ...(this.#at as ExecutedActionMetadata), worker, queuedTimestamp: queued };
  }
  executionMs(): number {
    const { executionStartTimestamp: start, executionCompletedTimestamp: end } = this.#at;
    return start && end ? milliseconds(end) - milliseconds(start) : 0;
  }
}

function timeoutOf(action: Action, limits: ActionLimits): number {
  const asked = action.timeout ? milliseconds(action.timeout) : 0;
  return asked > 0 ? asked : limits.defaultTimeoutMs;
}

/** The status that goes with an outcome, where the exit code does not say it all. */
function statusOf(
  outcome: Exclude<RunOutcome, { ended: 'cancelled' }>,
  timeoutMs: number,
  limits: ActionLimits,
): RpcStatus | undefined {
  switch (outcome.ended) {
    case 'exited':
      return undefined;
    case 'timeout':
      return rpcStatus(
        Code.DEADLINE_EXCEEDED,
        `the command was killed: it ran longer than its limit of ${timeoutMs / 1000} s`,
      );
    case 'output-limit':
      return rpcStatus(
        Code.FAILED_PRECONDITION,
        `the command was killed: it wrote more than ${limits.maxStreamBytes} bytes of output`,
      );
  }
}

/** Its outputs are worth no transfer. */
const NOBODY_WAITS = new CallError(Code.CANCELLED, 'it was ended: nobody waited for it any more');

interface Streams {
  result: Pick<ActionResult, 'stdoutRaw' | 'stdoutDigest' | 'stderrRaw' | 'stderrDigest'>;
  sources: Source[];
}

async function collectStreams(stdoutPath: string, stderrPath: string): Promise<Streams> {
  const streams: Streams = { result: {}, sources: [] };
  for (const [stream, path] of [['stdout', stdoutPath] as const, ['stderr', stderrPath] as const]) {
    const { size } = statSync(path);
    if (size === 0) continue;
    const source = await sourceOf(path, size);
    if ('data' in source && size <= RAW_STREAM_BYTES) streams.result[`${stream}Raw`] = source.data;
    else {
      streams.result[`${stream}Digest`] = source.digest;
      streams.sources.push(source);
    }
  }
  return streams;
}

/** Small ones go along with the result. */
async function deliver(sources: Source[], remote: RemoteBlobs): Promise<BlobData[]> {
  const inline: BlobData[] = [];
  const others: Source[] = [];
  let room = INLINE_TOTAL_BYTES;
  for (const source of sources) {
    const { sizeBytes } = source.digest;
    if (sizeBytes === 0) continue;
    if ('data' in source && sizeBytes <= INLINE_BYTES && sizeBytes <= room) {
      room -= sizeBytes;
      inline.push({ digest: source.digest, data: source.data });
    } else others.push(source);
  }
  await remote.upload(others);
  return inline;
}

function prepareOutputs(command: Command, root: string): string {
  const base = segmentsOf(command.workingDirectory, 'working directory');
  makeDirectories(root, base);
  for (const path of requestedPaths(command)) {
    makeDirectories(root, [...base, ...segmentsOf(path, 'output').slice(0, -1)]);
  }
  return join(root, ...base);
}

class ActionRun {
  readonly #parts: ActionParts;
  readonly #order: JobOrder;
  readonly #action: Action;
  readonly #command: Command;
  readonly #signal: AbortSignal;

  constructor(parts: ActionParts, order: JobOrder, signal: AbortSignal) {
    this.#parts = parts;
    this.#order = order;
    this.#action = actionCodec.decode(order.action);
    this.#command = commandCodec.decode(order.command);
    this.#signal = signal;
  }

  async layout(): Promise<InputLayout> {
    const root = this.#action.inputRootDigest as Digest;
    const { directories, remote } = this.#parts;
    return layoutOf(root, await directories.tree(root, this.#order.directories, remote));
  }

  /** Undefined when the action wrote to an input that it shares with others; then its outcome can't be relied on. */
  async attempt(
    layout: InputLayout,
    directory: string,
    mode: StageMode,
    stages: Stages,
  ): Promise<JobReport | undefined> {
    const { cache, limits } = this.#parts;
    const files = layout.files.map(({ file }) => file);
    const root = join(directory, mode);
    const [stdoutPath, stderrPath] = [join(directory, 'stdout'), join(directory, 'stderr')];
    try {
      const before = await cache.ensure(files, this.#parts.remote);
      this.#requireInterest();
      mkdirSync(root);
      await stage(layout, root, cache, mode);
      if (mode === 'copy' && cache.changedSince(before, files))
        throw new CallError(Code.ABORTED, 'another action wrote to an input while it was copied');
      this.#requireInterest();
      const workingDirectory = prepareOutputs(this.#command, root);
      stages.mark('inputFetchCompletedTimestamp', 'executionStartTimestamp');
      const timeoutMs = timeoutOf(this.#action, limits);
      const outcome = await runCommand({
        spawner: this.#parts.spawner,
        command: this.#command,
        workingDirectory,
        stdoutPath,
        stderrPath,
        timeoutMs,
        maxOutputBytes: limits.maxStreamBytes,
        signal: this.#signal,
      });
      stages.mark('executionCompletedTimestamp', 'outputUploadStartTimestamp');
      if (outcome.ended === 'cancelled') throw NOBODY_WAITS;
      if (mode === 'link' && cache.changedSince(before, files)) return undefined;
      const status = statusOf(outcome, timeoutMs, limits);
      const outputs = await collectOutputs(this.#command, root, limits.maxOutputBytes);
      const streams = await collectStreams(stdoutPath, stderrPath);
      const blobs = await deliver([...outputs.sources, ...streams.sources], this.#parts.remote);
      for (const { file, path } of outputs.files) cache.adoptOutput(file, path);
      stages.mark('outputUploadCompletedTimestamp', 'workerCompletedTimestamp');
      const result = this.#result(outcome, outputs, streams, stages);
      return { job: this.#order.name, result, ...(status && { status }), blobs, busyMs: stages.executionMs() };
    } finally {
      cache.release(files);
    }
  }

  #requireInterest(): void {
    if (this.#signal.aborted) throw NOBODY_WAITS;
  }

  #result(outcome: RunOutcome, outputs: Outputs, streams: Streams, stages: Stages): ActionResult {
    const exitCode = outcome.ended === 'exited' ? outcome.exitCode : 128 + 9;
    const executionMetadata = stages.metadata(this.#parts.name, this.#order.queued);
    return { ...outputs.result, ...streams.result, exitCode, executionMetadata };
  }
}

/** What says something of the action, whoever runs it, or of the worker in words that the server knows. */
const SPEAKING = new Set<number>([
  Code.CANCELLED,
  Code.INVALID_ARGUMENT,
  Code.NOT_FOUND,
  Code.FAILED_PRECONDITION,
  Code.RESOURCE_EXHAUSTED,
  Code.ABORTED,
  Code.INTERNAL,
]);

/** The rest is about a transfer, such as its time limit, which a client would take for that of the command. */
function statusOfError(error: unknown): RpcStatus {
  if (error instanceof MissingBlob) return missingBlobsStatus([error.digest]);
  const { code, message } = asCallError(error);
  return rpcStatus(SPEAKING.has(code) ? code : Code.UNAVAILABLE, message);
}

/**
 * @param directory for this action alone: made here, and removed by the caller
 * @returns a report in every case; what went wrong is its status
 */
export async function runAction(
  parts: ActionParts,
  order: JobOrder,
  directory: string,
  signal: AbortSignal,
): Promise<JobReport> {
  const stages = new Stages(parts.now);
  try {
    mkdirSync(directory);
    stages.mark('workerStartTimestamp', 'inputFetchStartTimestamp');
    const run = new ActionRun(parts, order, signal);
    const layout = await run.layout();
    const report =
      (await run.attempt(layout, directory, 'link', stages)) ?? (await run.attempt(layout, directory, 'copy', stages));
    if (report) return report;
    throw new CallError(Code.INTERNAL, 'an attempt with copied inputs has no outcome');
  } catch (error) {
    return { job: order.name, status: statusOfError(error), blobs: [], busyMs: stages.executionMs() };
  }
}
