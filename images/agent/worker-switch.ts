/** Lets Buildfarm's worker begin, and pauses it; both by a file in the volume that it shares with this agent. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './shared-files.ts';

export interface WorkerSwitch {
  /** The worker's container may start its program, or has. */
  hasBegun(): boolean;
  begin(): void;
  isPaused(): boolean;
  /** It takes nothing new once it renews its registration, within 10 s. Nothing can undo this (Buildfarm up to 2.15). */
  pause(): void;
}

/** @param publicName host:port, by which the server tells this worker from others; the image's entry point reads it */
export function createWorkerSwitch(workDirectory: string, publicName: string): WorkerSwitch {
  const ready = join(workDirectory, 'ready');
  const root = join(workDirectory, 'root');
  const paused = join(root, '.paused');
  return {
    hasBegun: () => existsSync(ready),
    begin: () => replaceFile(ready, `${publicName}\n`),
    isPaused: () => existsSync(paused),
    pause() {
      mkdirSync(root, { recursive: true });
      writeFileSync(paused, '');
    },
  };
}
