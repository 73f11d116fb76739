/** `bbf flags`: what bbf adds to a Bazel command line, and where each flag comes from. */
import { chosenPool } from '../cluster/chosen-pool.ts';
import type { Call, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { notesOf } from '../output/notes.ts';
import { suggestion } from '../suggest.ts';
import { analyses, analysisCommands, bazelCommands, farmCommands, runsOnFarm } from './commands.ts';
import { findVersionedBazel } from './find.ts';
import { farmFlags, STRICT_ENVIRONMENT } from './flags.ts';
import { refuseControls } from './foreign-text.ts';
import { userFlags, userRcPath } from './user-rc.ts';

/** The port is another one in each build. */
const EXECUTOR = 'grpc://127.0.0.1:PORT';

export async function flagsCommand(call: Call, program: Program): Promise<number> {
  const { settings } = program;
  const command = buildCommand(call.arguments[0] ?? 'build');
  const { cluster, pool, spec, platform } = await chosenPool(call, program);
  refuseControls(cluster, pool, platform);
  const { slots, workersMax } = spec;
  const { version } = await interruptible((signal) => findVersionedBazel(call.text('bazel_bin'), settings, signal));
  const users = userFlags(settings, command);
  const farm = { remoteExecutor: EXECUTOR, slotsMax: slots * workersMax, platform, isCluster: true };
  const own = runsOnFarm(command) ? farmFlags(version, farm, users) : [STRICT_ENVIRONMENT];
  const flags = [
    ...own.map((flag) => ({ flag, from: 'bbf' })),
    ...users.map((flag) => ({ flag, from: userRcPath(settings) })),
  ];
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(listOf('Flags', flags), call, program);
  else for (const { flag } of flags) result.write(`${flag}\n`);
  if (users.length > 0)
    notesOf(program)(
      `${users.length === 1 ? 'the last one is' : `the last ${users.length} are`} of ${userRcPath(settings)}`,
    );
  return 0;
}

/** @throws Failure (usage) for a command that gets no flags */
function buildCommand(word: string): string {
  if (runsOnFarm(word) || analyses(word)) return word;
  const known = [...farmCommands, ...analysisCommands];
  // A command of Bazel's is no slip for the one that is spelt nearly so: query, aquery.
  const there = bazelCommands.includes(word) ? `; there is ${known.join(', ')}` : suggestion(word, known);
  throw new Failure('usage', `bbf adds no flags to ${word}${there}`, {
    next: `bbf flags ${farmCommands[0]}`,
  });
}
