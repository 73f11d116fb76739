/** What bbf says to type next is for the installation that the command line named. */

/** They ask none, or are about all of them. */
const ELSEWHERE = ['setup', 'local', 'use', 'contexts', 'completion'];
/** Where the words of a command begin, in a sentence too; of a page of help the context says nothing. */
const COMMANDS = new RegExp(
  `(?<=^|[,;:] |&& |(?:or|and|then) )bbf (?=[a-z-])(?!(?:${ELSEWHERE.join('|')})\\b)(?![^,;]*--help)`,
  'g',
);

/** @param context as its flag named it; where the surroundings chose it they go on to do so */
export function inSameContext(next: string, context: string | undefined): string {
  return context === undefined || next.includes('--context=')
    ? next
    : next.replace(COMMANDS, `bbf --context=${context} `);
}

/** What the flag of a command line names; what stands behind `--` is somebody else's. */
export function namedContext(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === '--context' || word.startsWith('--context='));
  return words[at] === '--context' ? words[at + 1] : words[at]?.slice('--context='.length);
}
