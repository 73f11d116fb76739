/** `bbf logs`: what the server, the workers or the reconciler wrote, from CloudWatch Logs. */

import type { Call, Program } from '../command.ts';
import { clusterName, readCluster } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { interruptible } from '../interrupt.ts';
import type { Colors } from '../output/colors.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { printableLog, printableText } from '../output/printable.ts';
import { durationFlag, limitFlag } from '../quantities.ts';
import { type LogEvent, readLogEvents } from './log-events.ts';
import { logMessage } from './log-message.ts';
import { type LogSource, sourceOf } from './log-source.ts';

const FOLLOW_MS = 2_000;
/** CloudWatch shows an event some seconds after it was written, and not always in order. */
const LATE_MS = 30_000;

export async function logs(call: Call, program: Program): Promise<number> {
  const since = program.now() - durationFlag(call, 'since', '10m');
  const limit = limitFlag(call);
  const installation = await openInstallation(program.settings, call.text('context'));
  const cluster = clusterName(installation, call.text('cluster'));
  const { text } = await readCluster(installation, cluster);
  const source = sourceOf(installation.context.installation, cluster, text, call.arguments[0]);
  const reader = logReader(installation, source, { since, limit });
  if (call.has('follow')) return follow(reader, call, program);
  const all = await reader();
  for (const event of all) await show(event, call, program);
  if (all.length === 0)
    program.terminal.notes.write(
      `bbf: ${source.what} wrote nothing since then; bbf logs --since=1h looks further back\n`,
    );
  return 0;
}

/** Answers what it has not answered before, in order of time; at first no more than the newest `limit`. */
function logReader(
  installation: Installation,
  source: LogSource,
  { since, limit }: { since: number; limit: number | undefined },
): () => Promise<LogEvent[]> {
  const seen = new Set<string>();
  let from = since;
  let most = limit;
  return async () => {
    const all = await readLogEvents(installation, source, from);
    const fresh = all.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    from = Math.max(from, (all.at(-1)?.at ?? 0) - LATE_MS);
    const shown = most === undefined ? fresh : fresh.slice(-most);
    most = undefined;
    return shown;
  };
}

function follow(reader: () => Promise<LogEvent[]>, call: Call, program: Program): Promise<number> {
  return interruptible(async (signal) => {
    while (program.terminal.result.isRead()) {
      for (const event of await reader()) await show(event, call, program);
      await program.sleep(FOLLOW_MS, signal);
    }
    return 0;
  }, null);
}

async function show(event: LogEvent, call: Call, program: Program): Promise<void> {
  const { result } = program.terminal;
  const { id: _, at, ...rest } = event;
  if (wantsJson(call)) await writeJson({ at: new Date(at).toISOString(), ...rest }, call, program);
  else result.write(eventText(event, result.colors));
}

function eventText({ at, source, task, message }: LogEvent, colors: Colors): string {
  const time = new Date(at).toISOString().slice(11, 19);
  return `${colors.dim(time)} ${colors.cyan(printableText(`${source}/${task.slice(0, 8)}`))} ${printableLog(logMessage(message))}\n`;
}
