/** `--fallback=local`: a build that the farm, or Docker, can't take runs on this machine instead, and says so. */
import type { Program } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { Failure, isFailure } from '../failure.ts';
import { notesOf } from '../output/notes.ts';
import type { CommandLine } from './split.ts';

/** What is wrong with the farm, the engine or the way to it; a slip in the command line is none of these. */
const OF_THE_FARM: ExitCode[] = [
  exitCodes.unavailable,
  exitCodes.timeout,
  exitCodes.configuration,
  exitCodes.permission,
  exitCodes.protocol,
  exitCodes.invalidDocument,
  exitCodes.conflict,
];

/**
 * @param farm throws before it has started Bazel, or answers Bazel's exit code
 * @throws Failure (usage) for a fallback that is none
 */
export async function orElseHere(
  line: CommandLine,
  program: Program,
  farm: () => Promise<number>,
  here: () => Promise<number>,
): Promise<number> {
  const fallback = line.own.get('fallback');
  if (fallback === undefined) return farm();
  if (fallback !== 'local')
    throw new Failure('usage', `--fallback=${fallback} is no place to build`, { next: '--fallback=local' });
  try {
    return await farm();
  } catch (error) {
    if (!isFailure(error) || !OF_THE_FARM.includes(error.exitCode)) throw error;
    const note = notesOf(program);
    for (const text of [error.message, ...error.details.map((detail) => `  ${detail}`)]) note(text);
    note('building on this machine instead (--fallback=local)');
    return here();
  }
}
