/** What bbf says to type next is for the installation that the command line named. */
import { beforeDashes } from './bazel/split.ts';
import { commands } from './commands/all.ts';

/** @param context as its flag named it; where the surroundings chose it they go on to do so */
export function inSameContext(next: string, context: string | undefined): string {
  if (context === undefined || next.includes('--context=')) return next;
  return next.replace(commandsOfInstallations(), `bbf --context=${context} `);
}

/** Where their words begin, in a sentence too; of a page of help the context says nothing, and set-up makes installations. */
function commandsOfInstallations(): RegExp {
  const others = ['setup', ...commands.filter(({ contextless }) => contextless).map(({ name }) => name)];
  return new RegExp(
    `(?<=^|[,;:] |&& |(?:or|and|then) )bbf (?=[a-z-])(?!(?:${others.join('|')})\\b)(?![^,;]*--help)`,
    'g',
  );
}

/** What the flag of a command line names. */
export function namedContext(argv: readonly string[]): string | undefined {
  const words = beforeDashes(argv);
  const at = words.findLastIndex((word) => word === '--context' || word.startsWith('--context='));
  return words[at] === '--context' ? words[at + 1] : words[at]?.slice('--context='.length);
}
