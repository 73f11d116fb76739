/** `bbf edit`: a cluster's document in an editor, checked before it is written, and opened again with what is wrong. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Problem } from '../../config-schema/documents.ts';
import { problemLine, refusalOf, unfit } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { abortable, interruptible, isInterrupted } from '../interrupt.ts';
import { notesOf } from '../output/notes.ts';
import { reasonOf } from '../reason.ts';
import { DEFAULT_EDITOR } from '../settings.ts';
import { waitChoice } from '../wait-choice.ts';
import { type Format, type ReadText, readText, yamlOf } from './document-text.ts';
import { openEditor } from './editor.ts';
import { formatFlag } from './get.ts';
import { tellOutcome } from './outcome.ts';
import { contentOf } from './revisions.ts';
import { writeDocument } from './write-document.ts';

export async function edit(call: Call, program: Program): Promise<number> {
  const wait = waitChoice(call);
  const format = formatFlag(call, 'yaml');
  const { installation, cluster } = await openCluster(call, program, namedCluster(call), wait);
  refuseWithoutScreen(cluster, program);
  const reason = reasonOf(call, `bbf edit ${cluster}`);
  const { text } = await readCluster(installation, cluster);
  const refusal = await refusalOf(text, cluster);
  // Nobody can mend it here: what this bbf knows is another form.
  if (refusal?.newer) throw unfit(cluster, refusal);
  const content = contentOf(text);
  // What is no JSON can't be shown as YAML, and is to be mended as it is.
  const draft = content !== null && format === 'yaml' ? yamlOf(text) : text;
  const saved = await edited({ cluster, draft, format: content === null ? 'json' : format }, program);
  if (saved === undefined) {
    notesOf(program)('nothing was changed, so nothing was written');
    return 0;
  }
  const whole = { installation, cluster, json: saved.json, reason };
  const base = content !== null && { base: { spec: content.spec } };
  const written = await orKept(saved.file, writeDocument({ ...whole, ...base }, program), program);
  await tellOutcome({ installation, cluster, written, wait, unchanged: `${cluster} is as it was` }, program);
  return 0;
}

/** The text is the only one there is until it is written. */
async function orKept<T>(file: string, writing: Promise<T>, program: Program): Promise<T> {
  const kept = `your text is in ${file}`;
  const left = `it is not known whether it was written; ${kept}`;
  const written = await interruptible((signal) => abortable(writing, signal), left).catch((error: unknown) => {
    if (!isInterrupted(error)) notesOf(program)(kept);
    throw error;
  });
  await rm(dirname(file), { recursive: true });
  return written;
}

/** An editor of one's own may be a script; vi draws on a screen. */
function refuseWithoutScreen(cluster: string, { settings, terminal }: Program): void {
  if (settings.editor !== DEFAULT_EDITOR || terminal.ask !== undefined) return;
  throw new Failure('usage', `bbf edit opens ${DEFAULT_EDITOR}, and there is no terminal for it`, {
    next: `bbf get ${cluster} -o yaml > ${cluster}.yaml, then bbf apply -f ${cluster}.yaml; or set ${settings.editorFrom ?? 'EDITOR'}`,
  });
}

interface Draft {
  cluster: string;
  draft: string;
  format: Format;
}

interface Saved {
  /** Valid. */
  json: string;
  /** The text as it was saved, in a folder of its own. */
  file: string;
}

/** @returns undefined for a text that was left as it is. @throws Failure, with the text kept in its file */
async function edited({ cluster, draft, format }: Draft, program: Program): Promise<Saved | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'bbf-edit-'));
  const file = join(folder, `${cluster}.${format}`);
  let text = draft;
  let remarks = [`${cluster}: save and leave the editor to write it; leave it as it is, and nothing is written`];
  for (;;) {
    await writeFile(file, `${comments(remarks, format)}${text}`, { mode: 0o600 });
    await openEditor({ file, cluster }, program.settings);
    const saved = withoutComments(await readSaved(file, cluster, program), format);
    const read = readText(saved, cluster);
    if (saved === draft) {
      await rm(folder, { recursive: true });
      return undefined;
    }
    // Whoever goes on with the file has no use for our remarks, which are no JSON.
    if (read.ok || saved === text) await writeFile(file, saved);
    if (read.ok) return { json: read.json, file };
    if (saved === text) throw stillWrong(cluster, file, read);
    text = saved;
    remarks = remarksOf(read.problems);
  }
}

/** @throws Failure (system) where there is no file any more */
async function readSaved(file: string, cluster: string, { settings }: Program): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await rm(dirname(file), { recursive: true, force: true });
    throw new Failure('system', `the editor (${settings.editor}) left no file at ${file}; nothing was written`, {
      next: `bbf edit ${cluster}, and save the text where the editor found it`,
    });
  }
}

/** One line each, so that the lines which they name are those of the file that has them at its beginning. */
function remarksOf(problems: readonly Problem[]): string[] {
  const height = problems.length + 1;
  const lines = problems.map((problem) =>
    problemLine(problem.line === undefined ? problem : { ...problem, line: problem.line + height }),
  );
  return ['this would not be valid; correct it, or leave it as it is to give up', ...lines];
}

function stillWrong(cluster: string, file: string, { problems }: Extract<ReadText, { ok: false }>): Failure {
  return new Failure('invalidDocument', `the document of ${cluster} would not be valid; nothing was written`, {
    details: problems.map(problemLine),
    next: `bbf apply -f ${file}, where your text is, once it is corrected`,
  });
}

const MARKS = { json: '//', yaml: '#' };

const comments = (lines: readonly string[], format: Format) =>
  lines.map((line) => `${MARKS[format]} ${line}\n`).join('');

/** Those at the beginning, which are ours. */
function withoutComments(text: string, format: Format): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => !line.startsWith(MARKS[format]));
  return lines.slice(Math.max(0, first)).join('\n');
}
