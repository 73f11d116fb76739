/** `bbf status`: what the reconciler saw and did, once or with every change. */

import type { Activity, Status } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { watchingScreen } from '../watched-screen.ts';
import { activityReader } from './activity-reader.ts';
import { statusReader } from './status-reader.ts';
import { statusText } from './status-text.ts';
import { refuseDeleted } from './tombstone.ts';

interface View {
  status: Status | null;
  activity: Activity | null;
}

export async function status(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const readStatus = statusReader(installation.documents, cluster);
  const readActivity = activityReader(installation.documents, cluster);
  const json = wantsJson(call);
  const read = async (): Promise<View> => {
    const [seen, activity] = await Promise.all([readStatus(), json ? null : readActivity()]);
    return { status: seen, activity };
  };
  const first = await read();
  // The status alone answers as long as there is one; the document tells a cluster that is new from one that is not there.
  if (first.status === null)
    await refuseDeleted(installation, cluster, (await readCluster(installation, cluster)).text);
  if (first.status === null && call.has('watch'))
    notesOf(program)(
      `the reconciler has not looked at ${cluster} yet; if that lasts: bbf explain --cluster=${cluster}`,
    );
  if (call.has('watch')) return watch(read, first, call, program);
  if (first.status === null)
    throw new Failure('unavailable', `the reconciler has not looked at ${cluster} yet`, {
      next: `bbf status --watch --cluster=${cluster}`,
    });
  const { result } = program.terminal;
  if (json) await writeJson(first.status, call, program);
  else result.write(statusText(first.status, first.activity, program.now(), result.colors));
  return 0;
}

/** Ends with the cluster as well. */
function watch(read: () => Promise<View>, first: View, call: Call, program: Program): Promise<number> {
  let known: View | undefined = first;
  const look = async () => {
    const seen = known ?? (await read());
    known = undefined;
    return seen;
  };
  const watched = {
    look,
    isNews: (seen: View, before: View | undefined) =>
      seen.status !== before?.status || seen.activity !== before.activity,
    isEnd: (seen: View, before: View | undefined) => seen.status === null && Boolean(before?.status),
    json: ({ status }: View) => status,
    text: ({ status, activity }: View) =>
      status === null ? '' : statusText(status, activity, program.now(), program.terminal.result.colors),
  };
  return watchingScreen(watched, call, program);
}
