/** Tells every client that waits for a job how it stands: at once, at each change, and often enough to keep the stream alive. */
import { codec, packExecuteResponse } from '../wire/codec.ts';
import type { Any, Digest, ExecuteResponse, Operation } from '../wire/messages.ts';
import type { ActionJob } from './action-work.ts';
import type { Answers } from './calls.ts';

const STAGE = { queued: 2, running: 3, done: 4 } as const;

const METADATA = 'build.bazel.remote.execution.v2.ExecuteOperationMetadata';
const metadataCodec = codec<{ stage: number; actionDigest: Digest }>(METADATA);

function metadata(stage: number, actionDigest: Digest): Any {
  return { typeUrl: `type.googleapis.com/${METADATA}`, value: metadataCodec.encode({ stage, actionDigest }) };
}

export function doneOperation(name: string, action: Digest, response: ExecuteResponse): Operation {
  return { name, done: true, metadata: metadata(STAGE.done, action), response: packExecuteResponse(response) };
}

function operationOf(job: ActionJob): Partial<Operation> {
  if (job.outcome) return doneOperation(job.name, job.work.digest, job.outcome);
  return { name: job.name, metadata: metadata(STAGE[job.state], job.work.digest) };
}

export interface Watchers {
  /** Ends when the job has, or when the client is gone. */
  watch(job: ActionJob, answers: Answers<Operation>): Promise<void>;
  /** The job has changed. */
  changed(job: ActionJob): void;
  /** To be called at least every 30 s: proxies and clients take a silent stream for a dead one. */
  keepAlive(): void;
}

interface Watcher {
  tell(): void;
}

/** Counts those who wait: the scheduler cancels what nobody waits for. */
interface Attendance {
  attach(job: ActionJob): void;
  detach(job: ActionJob): void;
}

export function createWatchers(attendance: Attendance): Watchers {
  const watchers = new Map<ActionJob, Set<Watcher>>();

  function add(job: ActionJob, watcher: Watcher): () => void {
    const all = watchers.get(job) ?? new Set();
    watchers.set(job, all.add(watcher));
    attendance.attach(job);
    return () => {
      if (!all.delete(watcher)) return;
      if (all.size === 0) watchers.delete(job);
      attendance.detach(job);
    };
  }

  return {
    watch(job, answers) {
      return new Promise<void>((resolve) => {
        const tell = () => {
          // Operations are small and few: there is no need to wait until the client has taken one.
          answers.send(operationOf(job) as Operation).catch(() => {});
          if (job.outcome) leave();
        };
        const remove = add(job, { tell });
        const leave = () => {
          remove();
          resolve();
        };
        answers.onCancelled(leave);
        tell();
      });
    },
    changed(job) {
      for (const watcher of [...(watchers.get(job) ?? [])]) watcher.tell();
    },
    keepAlive() {
      for (const all of watchers.values()) for (const watcher of all) watcher.tell();
    },
  };
}
