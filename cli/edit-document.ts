/** Read, change, write on condition: an edit that survives rivals and lost answers, and is never applied twice. */
import type { Documents, Stored } from './documents.ts';
import { Failure } from './failure.ts';

export interface Edit {
  text: string;
  /** Nonce that the text carries as `metadata.writeId`: it tells a lost answer from a lost race. */
  writeId: string;
}

export interface Edited {
  text: string;
  etag: string;
  revision: string | null;
}

/** Rivals that each win once; more in a row are no accident. */
const ATTEMPTS = 10;
const PAUSE_MS = 50;

/**
 * @param change makes the edit on what is there now (undefined: nothing). It is called again on what a rival wrote, and throws
 *   where the edit no longer means the same, or returns undefined where nothing is left to change.
 * @returns what was written, or what is there when nothing had to change
 * @throws Failure (conflict) after too many lost races, (unavailable) when no answer ever came
 */
export async function editDocument(
  documents: Documents,
  key: string,
  change: (current: string | undefined) => Edit | undefined,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<Edited & { changed: boolean }> {
  const ours = new Set<string>();
  let trouble: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = await readStored(documents, key);
    if (current !== undefined && ours.has(writeIdOf(current.text) ?? '')) return { ...current, changed: true };
    const edit = change(current?.text);
    if (edit === undefined) return { ...(current ?? nothing), changed: ours.size > 0 };
    ours.add(edit.writeId);
    const written = await documents.write(key, edit.text, current === undefined ? 'absent' : { ifMatch: current.etag });
    if (written.outcome === 'written') return { text: edit.text, ...written, changed: true };
    trouble = 'why' in written ? written.why : undefined;
    await sleep(PAUSE_MS * (attempt + 1));
  }
  throw givenUp(key, trouble);
}

const nothing: Edited = { text: '', etag: '', revision: null };

function givenUp(key: string, trouble: string | undefined): Failure {
  if (trouble !== undefined)
    return new Failure('unavailable', `could not write ${key}: ${trouble}`, { next: 'bbf status' });
  return new Failure('conflict', `could not write ${key}: others wrote it ${ATTEMPTS} times in a row`, {
    next: 'the same command again',
  });
}

async function readStored(documents: Documents, key: string): Promise<Stored | undefined> {
  const stored = await documents.read(key);
  return typeof stored === 'object' ? stored : undefined;
}

/** undefined for a document without one, or that is no JSON. */
function writeIdOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { metadata?: { writeId?: string } }).metadata?.writeId;
  } catch {
    return undefined;
  }
}
