/** What bbf says to type next is for the installation that the command line named. */
import { beforeDashes } from './bazel/split.ts';
import type { Program } from './command.ts';
import { commands } from './commands/all.ts';

/** @param context as its flag named it; where the surroundings chose it they go on to do so */
export function inSameContext(next: string, context: string | undefined): string {
  if (context === undefined || /--context[= ]/.test(next)) return next;
  return next.replace(commandsOfInstallations(), `bbf --context=${context} `);
}

/** Where their words begin, in a sentence too; of a page of help the context says nothing, and set-up makes installations. */
function commandsOfInstallations(): RegExp {
  const others = ['setup', ...commands.filter(({ contextless }) => contextless).map(({ name }) => name)];
  return new RegExp(
    `(?<=^|[,;:] |&& |(?:or|and|then|with|see) )bbf (?=[a-z-])(?!(?:${others.join('|')})\\b)(?![^,;]*--help)`,
    'g',
  );
}

/** The program whose notes, too, say what to type in the installation that the command line named. */
export function withNotesOf(context: string | undefined, program: Program): Program {
  if (context === undefined) return program;
  const { notes } = program.terminal;
  // Progress, and what other programs say, stay as they are.
  const write = (text: string) => notes.write(text.startsWith('bbf: ') ? inSameContext(text, context) : text);
  return { ...program, terminal: { ...program.terminal, notes: { ...notes, write } } };
}

/** What the flag of a command line names. */
export function namedContext(argv: readonly string[]): string | undefined {
  const words = beforeDashes(argv);
  const at = words.findLastIndex((word) => word === '--context' || word.startsWith('--context='));
  return words[at] === '--context' ? words[at + 1] : words[at]?.slice('--context='.length);
}
