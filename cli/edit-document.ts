/** Read, change, write on condition: an edit that survives rivals and lost answers, and is never applied twice. */
import { clusterOfKey } from '../config-schema/keys.ts';
import type { Documents, Stored } from './documents.ts';
import { Failure } from './failure.ts';
import { abortable, interruptible } from './interrupt.ts';
import { parsed } from './parsed.ts';

/** What an edit needs of the bucket. */
export type EditedDocuments = Pick<Documents, 'read' | 'write' | 'newerThan'>;

export interface Edit {
  text: string;
  /** Nonce that the text carries as `metadata.writeId`: it tells a lost answer from a lost race. */
  writeId: string;
}

type Edited = Pick<Stored, 'text' | 'revision'>;

/** As many rivals as may write at once, each of whom wins once; more in a row are no accident. */
const ATTEMPTS = 20;
const PAUSE_MS = 50;

/**
 * @param change makes the edit on what is there now (undefined: nothing). It is called again on what a rival wrote, and throws
 *   where the edit no longer means the same.
 * @returns what was written
 * @throws Failure (conflict) after too many lost races: nothing was written; (unavailable) when no answer ever came, and then it
 *   says that it is not known whether anything was written; Interrupted, which says so as well
 */
export async function editDocument(
  documents: EditedDocuments,
  key: string,
  change: (current: string | undefined) => Edit | Promise<Edit>,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<Edited> {
  const base = await documents.read(key);
  const left = `${notKnown(key)}: bbf history --cluster=${clusterOfKey(key)} --limit=1 shows it`;
  return interruptible((signal) => abortable(written({ documents, key, change, sleep, base, signal }), signal), left);
}

interface Writing {
  documents: EditedDocuments;
  key: string;
  change(current: string | undefined): Edit | Promise<Edit>;
  sleep(milliseconds: number): Promise<void>;
  base: Stored | undefined;
  /** Once it aborts, nothing is sent any more. */
  signal: AbortSignal;
}

async function written({ documents, key, change, sleep, signal, ...found }: Writing): Promise<Edited> {
  const ours = new Set<string>();
  let { base } = found;
  let trouble: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const edit = await change(base?.text);
    signal.throwIfAborted();
    ours.add(edit.writeId);
    const answer = await documents.write(key, edit.text, base === undefined ? 'absent' : { ifMatch: base.etag });
    if (answer.outcome === 'written') return { text: edit.text, revision: answer.revision };
    trouble = 'why' in answer ? answer.why : undefined;
    // By chance, as rivals that pause equally long meet again.
    await sleep(PAUSE_MS * (attempt + 1) * (0.5 + Math.random()));
    const { current, landed } = await lookAgain(documents, key, base, ours);
    if (landed !== undefined) return landed;
    base = current;
  }
  throw givenUp(key, trouble);
}

/**
 * What is there now, and our own write among what came after `base`: its answer may have been lost on the way, also to a retry
 * below us that then met our own write as a rival's, and rivals may have built on it. To edit theirs would apply the edit twice.
 */
async function lookAgain(
  documents: EditedDocuments,
  key: string,
  base: Stored | undefined,
  ours: ReadonlySet<string>,
): Promise<{ current: Stored | undefined; landed: Stored | undefined }> {
  const isOurs = ({ text }: Stored) => ours.has(writeIdOf(text) ?? '');
  try {
    const current = await documents.read(key);
    if (current !== undefined && isOurs(current)) return { current, landed: current };
    if (current?.revision === base?.revision && current?.etag === base?.etag) return { current, landed: undefined };
    const newer = await documents.newerThan(key, base?.revision ?? null);
    return { current, landed: newer.find(isOurs) };
  } catch (error) {
    throw unknown(key, (error as Error).message);
  }
}

function givenUp(key: string, trouble: string | undefined): Failure {
  if (trouble !== undefined) return unknown(key, trouble);
  return new Failure('conflict', `could not write ${key}: others wrote it ${ATTEMPTS} times in a row`, {
    next: 'the same command again',
  });
}

const notKnown = (key: string) => `it is not known whether ${key} was written`;

const unknown = (key: string, why: string) =>
  new Failure('unavailable', `${notKnown(key)}: ${why}`, {
    next: `bbf history --cluster=${clusterOfKey(key)} --limit=1, and the same command again where it shows another edit`,
  });

/** undefined for a document without one, or that is no JSON. */
function writeIdOf(text: string): string | undefined {
  return (parsed(text) as { metadata?: { writeId?: string } } | undefined)?.metadata?.writeId;
}
