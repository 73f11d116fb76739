/** `bbf config`: every setting with its value, and who says so. */
import type { Call, Program } from '../command.ts';
import { failsWith } from '../failure.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { table } from '../output/table.ts';
import type { Settings } from '../settings.ts';
import { choose, chosenContext } from './choices.ts';
import { credentialPlace } from './credentials.ts';

export interface Setting {
  name: string;
  value: string | null;
  from: string;
}

export async function configCommand(call: Call, program: Program): Promise<number> {
  const { settings, missing } = await settingsOf(call, program).then(
    (all) => ({ settings: all, missing: undefined }),
    async (error: unknown) => ({ settings: await withoutContext(error, call, program), missing: error }),
  );
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(listOf('Settings', settings), call, program);
  else
    for (const line of table([
      ['SETTING', 'VALUE', 'FROM'],
      ...settings.map(({ name, value, from }) => [name, value ?? '-', from]),
    ]))
      result.write(`${line}\n`);
  if (missing !== undefined) throw missing;
  return 0;
}

/** Who names a context that is not there is what one asks then. @throws any other error */
async function withoutContext(error: unknown, call: Call, { settings }: Program): Promise<Setting[]> {
  const chosen = await chosenContext(settings, { context: call.text('context') });
  if (!failsWith(error, 'notFound') || typeof chosen?.value !== 'string') throw error;
  return [setting('context', chosen.value, chosen.from), ...settingsOfMachine(settings)];
}

async function settingsOf(call: Call, { settings }: Program): Promise<Setting[]> {
  const { contextName, context, cluster } = await choose(settings, {
    context: call.text('context'),
    cluster: call.text('cluster'),
  });
  const ofContext = `context ${contextName.value}`;
  const { from: credentialsFrom, what } = credentialPlace(context, settings);
  return [
    setting('context', contextName.value, contextName.from),
    setting('cluster', cluster.value, cluster.from),
    setting('region', context.region, ofContext),
    setting('bucket', context.bucket, ofContext),
    setting('installation', context.installation, ofContext),
    context.endpoint === undefined
      ? setting(
          'endpoint',
          settings.aws.endpoint ?? 'AWS',
          settings.aws.endpoint === undefined ? 'default' : 'AWS_ENDPOINT_URL',
        )
      : setting('endpoint', context.endpoint, ofContext),
    setting('credentials', what, credentialsFrom),
    ...settingsOfMachine(settings),
  ];
}

const setting = (name: string, value: string | null | undefined, from: string): Setting => ({
  name,
  value: value ?? null,
  from: value === undefined || value === null ? 'nobody' : from,
});

/** Whatever the context is. */
function settingsOfMachine(settings: Settings): Setting[] {
  const whoSays = (name: string) => (settings.childEnvironment[name] ? name : 'default');
  return [
    settings.bazel === undefined
      ? setting('bazel', 'bazelisk or bazel on the PATH', 'default')
      : setting('bazel', settings.bazel, 'BBF_BAZEL'),
    setting('builds', settings.buildLocal ? 'in containers of this machine' : 'on the farm', whoSays('BUILD_LOCAL')),
    setting('workers', settings.buildWorkers ?? '1', whoSays('BUILD_WORKERS')),
    setting('editor', settings.editor, settings.editorFrom ?? 'default'),
  ];
}
