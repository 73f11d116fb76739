/** `bbf status`: what the reconciler saw and did, once or with every change. */
import type { Status } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, readCluster } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { statusReader } from './status-reader.ts';
import { statusText } from './status-text.ts';

/** Between two looks of `--watch`. */
const WATCH_MS = 1000;

export async function status(call: Call, program: Program): Promise<number> {
  const installation = await openInstallation(program.settings, call.text('context'));
  const cluster = clusterName(installation, call.arguments[0] ?? call.text('cluster'));
  const read = statusReader(installation.documents, cluster);
  const first = await read();
  // The status alone answers as long as there is one; the document tells a cluster that is new from one that is not there.
  if (first === null) await readCluster(installation, cluster);
  const show = (seen: Status) => print(seen, call.has('json'), program);
  if (call.has('watch')) return watch(read, first, show, program);
  if (first === null)
    throw new Failure('unavailable', `the reconciler has not looked at ${cluster} yet`, {
      next: `bbf status --watch --cluster=${cluster}`,
    });
  show(first);
  return 0;
}

function print(status: Status, json: boolean, { terminal, now }: Program): void {
  const { result } = terminal;
  result.write(json ? `${JSON.stringify(status)}\n` : statusText(status, now(), result.colors));
}

/** Ends with Ctrl-C, or with the cluster. */
async function watch(
  read: () => Promise<Status | null>,
  first: Status | null,
  show: (status: Status) => void,
  program: Program,
): Promise<number> {
  return interruptible(async (signal) => {
    let shown: Status | null = null;
    for (let seen = first; ; seen = await read()) {
      if (seen !== null && seen !== shown) show(seen);
      if (seen === null && shown !== null) return 0;
      shown = seen ?? shown;
      await program.sleep(WATCH_MS, signal);
    }
  });
}
