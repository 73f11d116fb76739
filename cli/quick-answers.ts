/** Questions whose answers are always the same, told apart before anything else of bbf is loaded. */

type QuickQuestion = '--version' | '--help';
export type QuickAnswers = Record<QuickQuestion, string>;

/** Whatever follows them means nothing; `help COMMAND` does, and is no such question. */
const ASKING: Record<string, QuickQuestion> = { '--version': '--version', '--help': '--help', '-h': '--help' };

/** undefined where a command line asks for something else. */
export function quickQuestion([first, ...more]: readonly string[]): QuickQuestion | undefined {
  if (first === undefined || (first === 'help' && more.length === 0)) return '--help';
  return Object.hasOwn(ASKING, first) ? ASKING[first] : undefined;
}
