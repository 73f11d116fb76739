/** Changes a cluster's document without losing what this bbf does not know or the author wrote in their own way. */
import type { ClusterInput, Problem } from './documents.ts';
import { readJson } from './json-text.ts';
import { parseCluster, type Unparsed } from './parse.ts';

/** Who writes and why; kept in the document so that a lost answer can be told from a lost race. */
export interface WriteNote {
  /** New for each write. */
  writeId: string;
  /** ARN or user@host. */
  writtenBy: string;
  /** For people, e.g. the command line. */
  reason: string;
}

export type Edited = { ok: true; text: string; warnings: Problem[] } | Unparsed;

/** The limits that the schema sets; what is longer is cut rather than refused, since a program wrote it. */
const WRITTEN_BY_CHARACTERS = 512;
const REASON_CHARACTERS = 2048;

/**
 * Applies `change` to the document as its author wrote it, defaults not filled in, notes the write, and checks the result.
 * A document that is not valid is refused: what a change would do to it is anyone's guess. So is one of a newer apiVersion, whose
 * rules we do not know.
 * @param change alters the document that it is given
 */
export function editCluster(text: string, change: (document: ClusterInput) => void, note: WriteNote): Edited {
  const before = parseCluster(text);
  if (!before.ok) return before;
  const json = readJson(text);
  if (!json.ok) return json;
  const document = json.value as ClusterInput;
  change(document);
  const noted = { ...document, metadata: { ...document.metadata, ...trimmed(note) } };
  const edited = `${JSON.stringify(noted, null, 2)}\n`;
  const after = parseCluster(edited);
  return after.ok ? { ok: true, text: edited, warnings: after.warnings } : after;
}

const trimmed = (note: WriteNote): WriteNote => ({
  writeId: note.writeId,
  writtenBy: note.writtenBy.slice(0, WRITTEN_BY_CHARACTERS),
  reason: note.reason.slice(0, REASON_CHARACTERS),
});
