/** `bbf history`: the revisions of a cluster's document, who wrote each, when, why, and what it changed. */

import { OLD_VERSION_DAYS } from '../../config-schema/keys.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import type { Colors } from '../output/colors.ts';
import { counted } from '../output/counted.ts';
import { changeText, type FieldChange, fieldChanges } from '../output/diff.ts';
import { fromNow } from '../output/elapsed.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { printable } from '../output/printable.ts';
import { limitFlag } from '../quantities.ts';
import type { Version } from '../versions.ts';
import { contentOf, readRevision, revisionsOf } from './revisions.ts';

export interface HistoryEntry {
  revision: string;
  /** ISO instant. */
  at: string;
  writtenBy: string | null;
  reason: string | null;
  /** Against the revision before; null where one of the two is no JSON, or that one is no longer kept. */
  changes: FieldChange[] | null;
}

const LIMIT = 10;

export async function history(call: Call, program: Program): Promise<number> {
  const limit = limitFlag(call) ?? LIMIT;
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const versions = await revisionsOf(installation, cluster);
  const isWhole = !mayHaveEnded(versions, program.now());
  const read = versions.slice(0, limit + 1);
  const entries = await entriesOf(installation, cluster, read, { isAll: versions.length <= limit, isWhole });
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(listOf('History', entries), call, program);
  else for (const entry of entries) result.write(entryText(entry, program.now(), result.colors));
  const more = versions.length - entries.length;
  if (more > 0)
    notesOf(program)(`${counted(more, 'older one')}: bbf history --cluster=${cluster} --limit=${versions.length}`);
  return 0;
}

const DAY_MS = 86_400_000;

/** S3 ends a version so long after the next one was written: one of later than that is the first that there ever was. */
const mayHaveEnded = (versions: readonly Version[], now: number) =>
  (versions.at(-1)?.modifiedAt ?? now) < now - OLD_VERSION_DAYS * DAY_MS;

interface Extent {
  /** The last version is shown as well; else it only is what the one after it is compared with. */
  isAll: boolean;
  /** Nothing was before the last one. */
  isWhole: boolean;
}

async function entriesOf(
  installation: Installation,
  cluster: string,
  versions: readonly Version[],
  { isAll, isWhole }: Extent,
): Promise<HistoryEntry[]> {
  const texts = await Promise.all(
    versions.map(async (version) => (await readRevision(installation, cluster, version)).text),
  );
  const contents = texts.map(contentOf);
  const shown = isAll ? versions : versions.slice(0, -1);
  const beginning = isWhole ? { spec: {} } : undefined;
  return shown.map(({ revision, modifiedAt }, index) => {
    const [after, before] = [contents[index], index + 1 < versions.length ? contents[index + 1] : beginning];
    return {
      revision,
      at: new Date(modifiedAt).toISOString(),
      writtenBy: after?.writtenBy ?? null,
      reason: after?.reason ?? null,
      changes: after && before ? fieldChanges(before.spec, after.spec) : null,
    };
  });
}

function entryText({ revision, at, writtenBy, reason, changes }: HistoryEntry, now: number, colors: Colors): string {
  const who = printable(writtenBy) ?? 'somebody, past bbf';
  const lines =
    changes === null ? ['not JSON, or what was before is none, or is no longer kept'] : changes.map(changeText);
  return `${[
    `${colors.yellow(revision)}  ${fromNow(at, now)}  ${colors.bold(who)}${reason === null ? '' : `: ${printable(reason)}`}`,
    ...(lines.length === 0 ? ['nothing changed in the spec'] : lines).map((line) => `    ${line}`),
  ].join('\n')}\n`;
}
