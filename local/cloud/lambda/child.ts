/** A function's process as its parent sees it: ask, listen, end. */
import { spawn } from 'node:child_process';
import { signalGroup } from '../ecs/process-mark.ts';
import type { ChildMessage, ChildOutcome, InvokeMessage } from './bootstrap-protocol.ts';
import { readLines } from './lines.ts';

export interface ChildOptions {
  /** The bundled bootstrap program. */
  bootstrap: string;
  directory: string;
  /** The whole environment of the process. */
  variables: Record<string, string>;
  /** V8 keeps its heap below this. */
  heapMiB: number;
  log(line: string): void;
}

interface Child {
  readonly pid: number | undefined;
  /** Fulfilled when the handler is loaded, or the process has ended. */
  readonly ready: Promise<void>;
  /** Fulfilled when the process has ended, with how: `exit status 1`, `signal: killed`, or why it did not start. */
  readonly ended: Promise<string>;
  /** The answer once all output before it was logged; undefined when the process ended instead. One question at a time. */
  ask(message: InvokeMessage): Promise<ChildOutcome | undefined>;
  kill(): void;
}

export function startChild({ bootstrap, directory, variables, heapMiB, log }: ChildOptions): Child {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, bootstrap], {
    cwd: directory,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, so that what the handler has started ends with it and no longer holds its output open.
    detached: true,
  });
  const kill = () => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  child.once('exit', kill);
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const outputs = streams.map((stream) => readLines(stream, log));
  let answer: (outcome: ChildOutcome) => void = () => {};
  const loaded = new Promise<void>((resolve) => {
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') resolve();
      else answer({ payload: message.payload, failed: message.failed });
    });
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // 'close' comes after the last output was read, 'exit' may come before.
    child.once('close', (code, signal) => resolve(signal === null ? `exit status ${code}` : signalName(signal)));
  });
  return {
    pid: child.pid,
    ready: Promise.race([loaded, ended.then(() => {})]),
    ended,
    async ask(message) {
      const answered = new Promise<ChildOutcome>((resolve) => {
        answer = resolve;
      });
      // A process that is gone can't be sent anything; that it ended says enough.
      if (child.connected) child.send(message, () => {});
      const outcome = await Promise.race([answered, ended.then(() => undefined)]);
      await Promise.all(outputs.map((lines) => lines.endOf(message.requestId)));
      return outcome;
    },
    kill,
  };
}

/** As Lambda's messages name them. */
const signalName = (signal: string) =>
  `signal: ${{ SIGKILL: 'killed', SIGABRT: 'aborted', SIGSEGV: 'segmentation fault', SIGTERM: 'terminated' }[signal] ?? signal}`;
