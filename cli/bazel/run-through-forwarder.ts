/** Runs Bazel with a way to a farm that is open for as long as it runs, and a certificate that is renewed meanwhile. */

import type { CertificateSource } from '../access/certificate-source.ts';
import type { Program } from '../command.ts';
import { meanwhile } from '../meanwhile.ts';
import type { StartedBazel } from './client-process.ts';
import { openForwarder } from './forwarder.ts';
import { runBazel } from './process.ts';

interface ForwardedRun {
  program: Program;
  cluster: string;
  bazel: string;
  source: CertificateSource;
  /** Where the farm is now, `host:port`; null while it is away. */
  endpoint(): Promise<string | null>;
  note(text: string): void;
  /** Resolves when Bazel may start; rejects when it may not. */
  ready?(): Promise<void>;
  /** Interrupts Bazel. */
  stop?: AbortSignal;
  /** Told once Bazel runs. */
  spawned?(started: StartedBazel): void;
  /** Keeps Bazel from being started. */
  signal: AbortSignal;
  /** Of Bazel, for the value of its `--remote_executor`. */
  arguments(remoteExecutor: string): string[];
}

/** @returns Bazel's exit code */
export async function runThroughForwarder(run: ForwardedRun): Promise<number> {
  const { cluster, endpoint, note } = run;
  const opening = meanwhile(() => openForwarder({ cluster, endpoint, identity: run.source.get, note }));
  // Told when it is awaited.
  opening.catch(() => {});
  const stopRenewing = run.source.keepFresh();
  try {
    await run.ready?.();
    const forwarder = await opening;
    run.signal.throwIfAborted();
    const running = runBazel(run.program.settings, {
      bazel: run.bazel,
      arguments: run.arguments(`grpc://127.0.0.1:${forwarder.port}`),
      stop: run.stop,
      spawned: run.spawned,
    });
    forwarder.connectAhead();
    return await running;
  } finally {
    stopRenewing();
    await opening.then((forwarder) => forwarder.close());
  }
}
