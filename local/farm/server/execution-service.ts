/** The execution service: from a request to a job, and the stream of operations back. */
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { ActionCache } from '../store/action-cache.ts';
import type { BlobStore } from '../store/blob-store.ts';
import type { TreeReader } from '../store/input-tree.ts';
import { actionCodec, commandCodec } from '../wire/codec.ts';
import { digestText, isDigest } from '../wire/digest.ts';
import type { Action, Digest, ExecuteResponse, Operation, Property } from '../wire/messages.ts';
import { asCallError, CallError, Code, missingBlobsStatus, rpcStatus } from '../wire/status.ts';
import { type ActionJob, type ActionWork, failed } from './action-work.ts';
import { type Answers, answering, type Service } from './calls.ts';
import { doneOperation, type Watchers } from './operations.ts';
import type { Totals } from './totals.ts';
import { REQUEST_METADATA, whatRuns } from './what-runs.ts';

interface ExecutionParts {
  blobs: BlobStore;
  cache: ActionCache;
  trees: TreeReader;
  scheduler: Scheduler<ActionWork, ExecuteResponse>;
  watchers: Watchers;
  totals: Totals;
  /** Milliseconds. */
  now(): number;
  uuid(): string;
}

interface ExecuteRequest {
  actionDigest: Digest | null;
  skipCacheLookup: boolean;
}

/** Small trees travel with the job; what exceeds this the worker fetches, and it has most of it already. */
const INLINE_DIRECTORY_BYTES = 128 * 1024;

/** A command's own platform counts where the action has none, which is how clients before version 2.2 of the API say it. */
function platformOf(action: Action, command: Uint8Array): Property[] {
  if (action.platform && action.platform.properties.length > 0) return action.platform.properties;
  return commandCodec.decode(command).platform?.properties ?? [];
}

function requireDigests(action: Action): { command: Digest; inputRoot: Digest } {
  const { commandDigest, inputRootDigest } = action;
  if (isDigest(commandDigest) && isDigest(inputRootDigest))
    return { command: commandDigest, inputRoot: inputRootDigest };
  const message = `an action needs digests of a command and of an input root; they are ${digestText(commandDigest)} and ${digestText(inputRootDigest)}`;
  throw new CallError(Code.INVALID_ARGUMENT, message);
}

/** Looks the whole input tree up before anything runs: Bazel uploads what it is told is missing, and asks again. */
async function prepare(
  parts: ExecutionParts,
  digest: Digest,
  bytes: Uint8Array,
): Promise<ActionWork | ExecuteResponse> {
  const action = actionCodec.decode(bytes);
  const { command, inputRoot } = requireDigests(action);
  const tree = await parts.trees.read(inputRoot, INLINE_DIRECTORY_BYTES);
  if (!parts.blobs.has(command)) tree.missing.push(command);
  if (tree.missing.length > 0) return failed(missingBlobsStatus(tree.missing));
  return {
    digest,
    action: bytes,
    command: await parts.blobs.read(command),
    directories: tree.directories,
    doNotCache: action.doNotCache,
    pinned: [...tree.hashes, command.hash, digest.hash],
  };
}

async function cached(parts: ExecutionParts, digest: Digest): Promise<ExecuteResponse | undefined> {
  const result = await parts.cache.get(digest);
  parts.totals[result ? 'cacheHits' : 'cacheMisses'] += 1;
  return result && { result, cachedResult: true };
}

function submit(parts: ExecutionParts, work: ActionWork, what: string): ActionJob {
  const mergeKey = work.doNotCache ? null : work.digest.hash;
  const same = mergeKey === null ? undefined : parts.scheduler.mergeable(mergeKey);
  if (same) return same;
  const platform = platformOf(actionCodec.decode(work.action), work.command);
  parts.blobs.pin(work.pinned);
  return parts.scheduler.submit({ name: `operations/${parts.uuid()}`, mergeKey, platform, work, what }, parts.now());
}

/** A job to wait for, or the answer at once. @param header what the client says of the call */
async function begin(
  parts: ExecutionParts,
  digest: Digest,
  skipCache: boolean,
  header: Uint8Array | undefined,
): Promise<ActionJob | ExecuteResponse> {
  if (!parts.blobs.has(digest)) return failed(missingBlobsStatus([digest]));
  const bytes = await parts.blobs.read(digest);
  const { doNotCache } = actionCodec.decode(bytes);
  const hit = skipCache || doNotCache ? undefined : await cached(parts, digest);
  if (hit) return hit;
  const same = doNotCache ? undefined : parts.scheduler.mergeable(digest.hash);
  if (same) return same;
  const work = await prepare(parts, digest, bytes);
  return 'pinned' in work ? submit(parts, work, whatRuns(header, work.command)) : work;
}

async function execute(parts: ExecutionParts, request: ExecuteRequest, answers: Answers<Operation>): Promise<void> {
  const { actionDigest, skipCacheLookup } = request;
  if (!isDigest(actionDigest)) {
    throw new CallError(Code.INVALID_ARGUMENT, `${digestText(actionDigest)} is no digest of an action`);
  }
  const header = answers.header(REQUEST_METADATA);
  const begun = await begin(parts, actionDigest, skipCacheLookup, header).catch((error): ExecuteResponse => {
    const { code, message } = asCallError(error);
    return failed(rpcStatus(code, message));
  });
  if ('name' in begun) await parts.watchers.watch(begun, answers);
  else await answers.send(doneOperation(`operations/${parts.uuid()}`, actionDigest, begun));
}

async function wait(parts: ExecutionParts, name: string, answers: Answers<Operation>): Promise<void> {
  const job = parts.scheduler.job(name);
  if (!job)
    throw new CallError(Code.NOT_FOUND, `operation ${JSON.stringify(name)} is not known; execute the action again`);
  await parts.watchers.watch(job, answers);
}

export function executionService(parts: ExecutionParts): Service {
  return {
    name: 'build.bazel.remote.execution.v2.Execution',
    roles: ['client'],
    methods: {
      Execute: answering((request: ExecuteRequest, answers: Answers<Operation>) => execute(parts, request, answers)),
      WaitExecution: answering((request: { name: string }, answers: Answers<Operation>) =>
        wait(parts, request.name, answers),
      ),
    },
  };
}
