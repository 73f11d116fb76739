/** `bbf apply`: a document from a file becomes the cluster's newest revision; a saved plan is carried out exactly or not at all. */
import { existsSync } from 'node:fs';
import { typed } from '../cluster/too-many-workers.ts';
import { wouldBeInvalid } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, namedCluster } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { changeText } from '../output/diff.ts';
import { quoted } from '../output/quoted.ts';
import { reasonOf } from '../reason.ts';
import { waitChoice } from '../wait-choice.ts';
import { readText } from './document-text.ts';
import { tellOutcome, tellWarnings } from './outcome.ts';
import { documentIn, inputName, ofAnotherCluster, readFileOrInput } from './read-file.ts';
import { isSavedPlan, planOf, refuseElsewhere, refuseMoved } from './saved-plan.ts';
import { foreseeDocument, type WholeDocument, writeDocument } from './write-document.ts';

export async function apply(call: Call, program: Program): Promise<number> {
  const file = call.text('file');
  if (file === undefined)
    throw new Failure('usage', 'bbf apply needs a file', { next: `bbf apply -f ${quoted(meantFile(call))}` });
  const wait = waitChoice(call);
  const text = await readFileOrInput(file);
  const installation = await openInstallation(program, call.text('context'), wait);
  const input = { text, file, installation, call };
  const whole = isSavedPlan(text) ? await fromPlan(input, program) : fromText(input);
  if (call.has('dry-run')) return dryRun(whole, program);
  const written = await writeDocument(whole, program);
  const { cluster } = whole;
  const unchanged = `${cluster} is as ${inputName(file)} says`;
  await tellOutcome({ installation, cluster, written, wait, unchanged }, program);
  return 0;
}

/** Other tools take a file as an argument. */
function meantFile({ arguments: [named] }: Call): string {
  return named !== undefined && (existsSync(named) || /\.(json|ya?ml)$/.test(named)) ? named : 'cluster.json';
}

interface Input {
  text: string;
  file: string;
  installation: Installation;
  call: Call;
}

function fromText({ text, file, installation, call }: Input): WholeDocument {
  const read = readText(text);
  if (!read.ok) throw wouldBeInvalid(documentIn(file), read.problems);
  const { metadata } = JSON.parse(read.json) as { metadata: { name: string } };
  const cluster = clusterOf(metadata.name, file, installation, call);
  return { installation, cluster, json: read.json, reason: reasonOf(call, `bbf apply -f ${file}`) };
}

async function fromPlan({ text, file, installation, call }: Input, { settings }: Program): Promise<WholeDocument> {
  const { cluster: planned, edit } = planOf(text, file);
  const cluster = clusterOf(planned, file, installation, call);
  await refuseElsewhere(file, edit, installation, settings);
  return {
    installation,
    cluster,
    json: edit.document,
    check: (current) => refuseMoved(cluster, edit, current),
    reason: reasonOf(call, `bbf apply -f ${file}, a plan for revision ${edit.revision ?? 'none'}`),
  };
}

/** @param said by the file. @throws Failure (usage) where the command line names another */
function clusterOf(said: string, file: string, installation: Installation, call: Call): string {
  const cluster = clusterName(installation, namedCluster(call) ?? said);
  if (cluster === said) return cluster;
  throw ofAnotherCluster(file, said, cluster, ['bbf apply', '-f', quoted(file), ...others(call)].join(' '));
}

/** All flags but those that name a cluster: without `--dry-run` it would be written. */
function others(call: Call): string[] {
  const given = ['dry-run', 'no-wait', 'quiet'].filter((name) => call.has(name)).map((name) => `--${name}`);
  return [...given, ...typed(call, 'reason', 'timeout', 'context').map(quoted)];
}

/** What it would change, and no more; what would be refused is. */
async function dryRun(whole: WholeDocument, program: Program): Promise<number> {
  const { isNew, changes, warnings } = await foreseeDocument(whole);
  const { terminal } = program;
  if (isNew) terminal.result.write(`${whole.cluster} would be created\n`);
  for (const change of changes) terminal.result.write(`${changeText(change)}\n`);
  if (!isNew && changes.length === 0) terminal.result.write(`${whole.cluster} is that already\n`);
  tellWarnings({ warnings }, program);
  return 0;
}
