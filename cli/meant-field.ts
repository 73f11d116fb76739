/** `--json conditions`: the word behind a bare `--json` is an argument, which is not what who types a field there means. */
import type { Command } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure, isFailure } from './failure.ts';
import { jsonFields } from './output/json-fields.ts';
import { quoted } from './output/quoted.ts';

/** What says that there is nothing of the argument's name, or that none is taken. */
const REFUSALS: readonly number[] = [exitCodes.usage, exitCodes.notFound, exitCodes.noAnswer];

/** @param argv behind the command's name @returns what to throw instead of `error`; itself where no field is meant */
export function unlessFieldIsMeant(error: unknown, command: Command, argv: readonly string[]): unknown {
  if (!isFailure(error) || !REFUSALS.includes(error.exitCode)) return error;
  const known = jsonFields.get(command.name) ?? [];
  const isMeant = (word = '') => word.split(',').every((field) => known.includes(field));
  const at = argv.findIndex((word, index) => word === '--json' && isMeant(argv[index + 1]));
  if (at === -1) return error;
  const meant = `--json=${argv[at + 1]}`;
  const typed = [...argv.slice(0, at), meant, ...argv.slice(at + 2)].map(quoted);
  return new Failure('usage', `a word behind --json is no field of it but an argument; did you mean ${meant}?`, {
    details: [error.message],
    next: ['bbf', command.name, ...typed].join(' '),
  });
}
