/** `bbf logs`: what the server, the workers or the reconciler wrote, from CloudWatch Logs. */

import { durationMs } from '../../config-schema/durations.ts';
import type { Call, Program } from '../command.ts';
import { readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import type { Colors } from '../output/colors.ts';
import { objectOf, wantsJson, writeJson } from '../output/json.ts';
import { clockTime } from '../output/minute.ts';
import { notesOf } from '../output/notes.ts';
import { printableLog, printableText } from '../output/printable.ts';
import { durationFlag, limitFlag } from '../quantities.ts';
import { watching } from '../watching.ts';
import { LATE_MS, type LogEvent, type ReadLog } from './log-events.ts';
import { sourceReader } from './log-group.ts';
import { logMessage } from './log-message.ts';
import { type LogSource, sourceOf } from './log-source.ts';

const FOLLOW_MS = 2_000;
/** Lines that are shown where no limit is named: as many as ten pages of CloudWatch hold, which fit well into memory. */
const LINES_MAX = 100_000;

export async function logs(call: Call, program: Program): Promise<number> {
  const sinceMs = durationFlag(call, 'since', '10m');
  const since = program.now() - sinceMs;
  const limit = limitFlag(call);
  const newest = limit ?? LINES_MAX;
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  const { text } = await readCluster(installation, cluster);
  const source = sourceOf(installation.context.installation, cluster, text, call.arguments[0]);
  const reader = logReader(installation, source, { since, newest });
  const read = async () => {
    const { events, older } = await reader();
    if (older > 0 && limit === undefined) notesOf(program)(leftOut(older, newest));
    for (const event of events) await show(event, call, program);
    return events.length;
  };
  if (call.has('follow')) return watching(read, async () => false, FOLLOW_MS, program);
  if ((await read()) === 0) {
    const line = ['bbf logs', ...call.arguments.slice(0, 1)].join(' ');
    const more = furtherBack(sinceMs, (longer) => `${line} --since=${longer} --cluster=${cluster}`);
    notesOf(program)(`${source.what} wrote nothing since then${more}`);
  }
  return 0;
}

/** The last one is how long an installation keeps logs, where set-up was not told otherwise. */
const LONGER = ['1h', '1d', '7d', '30d'];

function furtherBack(sinceMs: number, line: (longer: string) => string): string {
  const longer = LONGER.find((candidate) => durationMs(candidate) > sinceMs);
  return longer === undefined ? '' : `; ${line(longer)} looks further back`;
}

const leftOut = (older: number, newest: number) =>
  `the newest ${newest} lines follow, and ${older} older ones do not; a shorter --since, or --limit=${newest + older} for all`;

/** Answers what it has not answered before, in order of time; at first no more than the newest so many. */
function logReader(
  installation: Installation,
  source: LogSource,
  { since, newest }: { since: number; newest: number },
): () => Promise<ReadLog> {
  /** Of what may be read again: when it was written, by its id. */
  const seen = new Map<string, number>();
  let from = since;
  let most = newest;
  const readSource = sourceReader(installation, source);
  return async () => {
    const { events, older } = await readSource(from, most);
    const fresh = events.filter(({ id }) => !seen.has(id));
    from = Math.max(from, (events.at(-1)?.at ?? 0) - LATE_MS);
    for (const { id, at } of fresh) seen.set(id, at);
    for (const [id, at] of seen) if (at < from) seen.delete(id);
    const surplus = Math.max(0, fresh.length - most);
    most = Number.POSITIVE_INFINITY;
    return { events: fresh.slice(surplus), older: older + surplus };
  };
}

async function show(event: LogEvent, call: Call, program: Program): Promise<void> {
  const { result } = program.terminal;
  const { id: _, at, ...rest } = event;
  if (wantsJson(call)) await writeJson(objectOf('LogLine', { at: new Date(at).toISOString(), ...rest }), call, program);
  else result.write(eventText(event, program.now(), result.colors));
}

function eventText({ at, source, task, message }: LogEvent, now: number, colors: Colors): string {
  return `${colors.dim(clockTime(at, now))} ${colors.cyan(printableText(`${source}/${task.slice(0, 8)}`))} ${printableLog(logMessage(message))}\n`;
}
