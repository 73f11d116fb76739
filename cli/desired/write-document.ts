/** Writes a whole document that somebody has written elsewhere, in a file or an editor, as the cluster's newest revision. */
import { randomUUID } from 'node:crypto';
import type { Problem, Status } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { orphanIn } from '../cluster/lost-document.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { deletedUid, isDeleting, isTombstone, stillBeingDeleted } from '../cluster/tombstone.ts';
import type { WrittenCluster } from '../cluster/write-cluster.ts';
import type { Program } from '../command.ts';
import { documentIsGone } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { editDocument } from '../edit-document.ts';
import { Failure } from '../failure.ts';
import { fieldChanges } from '../output/diff.ts';
import { parsed } from '../parsed.ts';
import { newSpec } from './new-spec.ts';
import { contentOf } from './revisions.ts';

export interface WholeDocument {
  installation: Installation;
  cluster: string;
  /** Valid JSON. */
  json: string;
  /** The spec that it was made from; without it, what is there when it is written first. */
  base?: { spec: unknown };
  /** Throws where it is not to be written over this; undefined: there is nothing. */
  check?: (current: string | undefined) => void;
  reason: string;
}

type Document = Record<string, unknown> & { metadata: Record<string, unknown>; spec?: unknown };

/** @throws Failure (conflict): another incarnation, a deletion under way or done, or a rival who changed the same field */
export async function writeDocument(whole: WholeDocument, program: Program): Promise<WrittenCluster> {
  const { installation, cluster, reason } = whole;
  const draft = await drafter(whole);
  let before: unknown = {};
  const written = await editDocument(
    installation.documents,
    clusterKey(cluster),
    (current) => {
      const { document, over } = draft(current);
      before = over ?? {};
      const writeId = randomUUID();
      const { author: writtenBy } = program.settings;
      document.metadata = { ...document.metadata, writeId, writtenBy, reason };
      return { text: `${JSON.stringify(document, null, 2)}\n`, writeId };
    },
    program.sleep,
  );
  const changes = fieldChanges(before, contentOf(written.text)?.spec ?? {});
  return { revision: written.revision, changes, warnings: warningsOf(written.text) };
}

function warningsOf(text: string): Problem[] {
  const parsed = parseCluster(text);
  return parsed.ok ? parsed.warnings : [];
}

type Foreseen = Pick<WrittenCluster, 'changes' | 'warnings'> & { isNew: boolean };

/** What writing it would do, and no more. @throws as `writeDocument` does */
export async function foreseeDocument(whole: WholeDocument): Promise<Foreseen> {
  const draft = await drafter(whole);
  const stored = await whole.installation.documents.read(clusterKey(whole.cluster));
  const { document, over } = draft(stored?.text);
  const warnings = warningsOf(JSON.stringify(document));
  return { isNew: over === null, changes: fieldChanges(over ?? {}, document.spec ?? {}), warnings };
}

interface Draft {
  document: Document;
  /** The spec that it takes the place of; null where it is the first of a cluster. */
  over: unknown;
}

/** @returns what becomes of what is there now; to be called again on what a rival has written meanwhile */
async function drafter(whole: WholeDocument): Promise<(current: string | undefined) => Draft> {
  const { installation, cluster, json } = whole;
  const status = await statusReader(installation.documents, cluster)();
  const merged = newSpec(cluster, (JSON.parse(json) as Document).spec ?? {}, whole.base);
  return (current) => {
    whole.check?.(current);
    const there = standing(current, status);
    if (there === undefined && isMadeOfLiving(whole)) throw gone(whole, status);
    if (there !== undefined && isDeleting(parsed(there), status) && !isTombstone(json))
      throw stillBeingDeleted(installation, cluster);
    const document = JSON.parse(json) as Document;
    const content = there === undefined ? null : contentOf(there);
    if (content !== null) {
      const rival = { spec: content.spec } as Parameters<typeof merged>[0];
      merged(rival);
      document.spec = rival.spec;
    }
    const uid = uidOf(cluster, document, knownUid(cluster, there, status), status);
    document.metadata = { ...document.metadata, name: cluster, uid };
    return { document, over: there === undefined ? null : (content?.spec ?? {}) };
  };
}

/** What a deletion has left stands for nothing. */
const standing = (current: string | undefined, status: Status | null): string | undefined =>
  current !== undefined && isTombstone(current) && status === null ? undefined : current;

/** Of a cluster that was there: to write it where that is gone would bring it back. */
const isMadeOfLiving = ({ base }: WholeDocument): boolean => base !== undefined && deletedUid(base) === undefined;

function gone({ installation, cluster }: WholeDocument, status: Status | null): Failure {
  if (status !== null) return documentIsGone(installation, cluster);
  return new Failure('conflict', `${cluster} was deleted meanwhile; nothing was written`, {
    next: `bbf create ${cluster}`,
  });
}

/** Of the cluster that the document is to be of, also where what is there names none, is no JSON, or is gone. */
function knownUid(cluster: string, there: string | undefined, status: Status | null): string | undefined {
  if (there === undefined) return orphanIn(status, cluster)?.uid;
  return uidIn(there) ?? status?.uid ?? undefined;
}

/** The document in force names a uid that its stacks do not have: another one may be the right one. */
const isEstranged = (status: Status | null): boolean =>
  status?.conditions.some(({ type, reason }) => type === 'Stalled' && reason === 'ForeignStack') ?? false;

/** A cluster keeps its uid; a document that names another one was made for a cluster that is gone. */
function uidOf(
  cluster: string,
  { metadata: { uid } }: Document,
  known: string | undefined,
  status: Status | null,
): unknown {
  if (known === undefined || uid === undefined || uid === known) return known ?? uid ?? randomUUID();
  if (isEstranged(status)) return uid;
  throw new Failure(
    'conflict',
    `the document is of another ${cluster}: its uid is ${uid}, and the cluster's is ${known}`,
    {
      next: 'remove metadata.uid from it, if this cluster is meant',
    },
  );
}

function uidIn(text: string): string | undefined {
  const uid = (parsed(text) as { metadata?: { uid?: unknown } } | undefined)?.metadata?.uid;
  return typeof uid === 'string' ? uid : undefined;
}
