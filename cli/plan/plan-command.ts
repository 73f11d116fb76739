/** `bbf plan`: what the reconciler would do, read with the caller's credentials and decided by the reconciler's own rules. */
import { clusterKey } from '../../config-schema/keys.ts';
import { parseCluster } from '../../config-schema/parse.ts';
import { version } from '../../config-schema/version.ts';
import { errorText } from '../../reconciler/aws/errors.ts';
import type { Document } from '../../reconciler/ports.ts';
import { invalid, wouldBeInvalid } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, namedCluster, noSuchCluster } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { readText } from '../desired/document-text.ts';
import { documentIn, ofAnotherCluster, readFileOrInput } from '../desired/read-file.ts';
import { isSavedPlan } from '../desired/saved-plan.ts';
import { Failure, failsWith, isFailure } from '../failure.ts';
import { fieldChanges } from '../output/diff.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { printable } from '../output/printable.ts';
import { quoted } from '../output/quoted.ts';
import { parsed } from '../parsed.ts';
import { foresee } from './foresee.ts';
import { foundationSettings } from './foundation-settings.ts';
import { type Preview, previewOf } from './preview.ts';
import { previewText } from './preview-text.ts';
import { readingPorts } from './reading-ports.ts';
import { savePlan } from './save-plan.ts';

/** There is something to do, so that a script can tell. */
const CHANGES = 2;
const NOTHING = 0;

/** @throws Failure (usage) for a wrong command line, (noAnswer) whatever else goes wrong: 0 and 2 are the answers */
export async function planCommand(call: Call, program: Program): Promise<number> {
  try {
    return await plan(call, program);
  } catch (error) {
    throw noAnswer(error);
  }
}

async function plan(call: Call, program: Program): Promise<number> {
  const file = call.text('file');
  const out = call.text('out');
  if (out !== undefined && file === undefined)
    throw new Failure('usage', '--out saves a plan for an edit, and there is none', {
      next: `bbf plan -f cluster.json --out ${out}`,
    });
  const installation = await openInstallation(program, call.text('context'));
  const edit = file === undefined ? undefined : validJson(await readFileOrInput(file), file);
  const said = edit && nameIn(edit);
  const cluster = clusterName(installation, namedCluster(call) ?? said);
  if (file !== undefined && said !== undefined && said !== cluster)
    throw ofAnotherCluster(file, said, cluster, `bbf plan -f ${quoted(file)}`);
  if (edit !== undefined) refuseInvalid(cluster, edit);
  // Of a cloud that is down and of keys that nobody knows, this client's words help more than those of the SDK.
  await installation.documents.read(clusterKey(cluster));
  const settings = await foundationSettings(installation.access, installation.context.installation);
  if (settings.version !== version)
    notesOf(program)(
      `warning: the reconciler is bbf ${settings.version} and this is ${version}: it may decide otherwise`,
    );
  const ports = readingPorts(installation, program);
  const current = edit === undefined ? null : await ports.documents.read(clusterKey(cluster));
  const now = await foresee(ports, settings, cluster);
  const { document, status } = now.observation;
  if (edit === undefined && document.state === 'absent' && status === null)
    throw await noSuchCluster(installation, cluster);
  if (edit === undefined) return show(previewOf(now, now), file, call, program);
  const preview = previewOf(now, await foresee(ports, settings, cluster, edit), editsOf(current, edit));
  if (out !== undefined) await savePlan(out, preview, edit, current, document, installation.context);
  const code = await show(preview, file, call, program);
  if (out !== undefined) notesOf(program)(`the plan is in ${out}: bbf apply -f ${quoted(out)} carries it out`);
  return code;
}

async function show(preview: Preview, file: string | undefined, call: Call, program: Program): Promise<number> {
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(preview, call, program);
  else result.write(previewText({ ...printable(preview), edits: preview.edits }, file, result.width(), result.colors));
  if (preview.unread.length > 0)
    throw new Failure('noAnswer', 'not everything that the reconciler decides by could be read', {
      details: preview.unread,
      next: 'bbf doctor, or ask an administrator for the rights that are missing',
    });
  return preview.changes ? CHANGES : NOTHING;
}

/** @throws Failure (invalidDocument), with the lines of the file, or (usage) for a plan */
function validJson(text: string, file: string): string {
  if (isSavedPlan(text))
    throw new Failure('usage', `${file} is a plan that was saved, and no document`, {
      next: `bbf apply -f ${quoted(file)}, which carries it out`,
    });
  const read = readText(text);
  if (read.ok) return read.json;
  throw wouldBeInvalid(documentIn(file), read.problems);
}

/** A document names its cluster, so that nobody has to say it twice. */
function nameIn(text: string): string | undefined {
  const name = (parsed(text) as { metadata?: { name?: unknown } } | undefined)?.metadata?.name;
  return typeof name === 'string' ? name : undefined;
}

function refuseInvalid(cluster: string, text: string): void {
  const parsed = parseCluster(text, { cluster });
  if (!parsed.ok) throw invalid(cluster, parsed.problems);
}

/** What the edit changes in the text that is there now; all of it where that is none. */
function editsOf(current: Document | null, edit: string) {
  const specIn = (text: string) => (parsed(text) as { spec?: unknown } | undefined)?.spec ?? {};
  return fieldChanges(specIn(current?.text ?? '{}'), specIn(edit));
}

function noAnswer(error: unknown): unknown {
  if (failsWith(error, 'usage')) return error;
  if (isFailure(error)) return new Failure('noAnswer', error.message, error);
  const isAws = typeof error === 'object' && error !== null && '$metadata' in error;
  return isAws ? new Failure('noAnswer', `could not read: ${errorText(error)}`, { next: 'bbf doctor' }) : error;
}
