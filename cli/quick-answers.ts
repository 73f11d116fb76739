/** Questions whose answers are always the same, told apart before anything else of bbf is loaded. */

type QuickQuestion = '--version' | '--help';
export type QuickAnswers = Record<QuickQuestion, string>;

/** Flags that follow them mean nothing; a command does, and then it is no such question. */
const ASKING: Record<string, QuickQuestion> = { '--version': '--version', '--help': '--help', '-h': '--help' };

/** undefined where a command line asks for something else. */
export function quickQuestion([first, second]: readonly string[]): QuickQuestion | undefined {
  if (first === undefined || (first === 'help' && second === undefined)) return '--help';
  const question = Object.hasOwn(ASKING, first) ? ASKING[first] : undefined;
  return question === '--help' && second !== undefined && !second.startsWith('-') ? undefined : question;
}

/** `--help COMMAND` is `help COMMAND`, for Bazel too. */
export const inOneForm = (argv: readonly string[]): readonly string[] =>
  argv[0] === '--help' || argv[0] === '-h' ? ['help', ...argv.slice(1)] : argv;
