/** `~/.config/bbf/bazelrc`: a user's own flags for builds on the farm, in the form of a .bazelrc, behind those of bbf, so that they win. */
import { join } from 'node:path';
import { optionalText } from '../optional-text.ts';
import type { Settings } from '../settings.ts';
import { farmCommands } from './commands.ts';

type ConfigFolder = Pick<Settings, 'configDirectory'>;

/**
 * Which lines count for a command, as Bazel's documentation on .bazelrc says: `test` takes those of `build` as well. Those of the more
 * specific command come later and win, wherever they stand in the file; getCommandNamesToParse of its BlazeOptionHandler has the order.
 */
const INHERITED: Record<string, string[]> = {
  build: ['always', 'common', 'build'],
  test: ['always', 'common', 'build', 'test'],
  run: ['always', 'common', 'build', 'run'],
  coverage: ['always', 'common', 'build', 'test', 'coverage'],
  aquery: ['always', 'common', 'build', 'aquery'],
  // Newer versions add those of test, whose own flags older ones refuse here.
  cquery: ['always', 'common', 'build', 'cquery'],
};

export const userRcPath = ({ configDirectory }: ConfigFolder) => join(configDirectory, 'bazelrc');

/** Empty where there is no such file. */
export const userRcText = (settings: ConfigFolder) => optionalText(userRcPath(settings));

/** Nothing where there is no such file. */
export const userFlags = (settings: ConfigFolder, command: string): string[] => flagsIn(userRcText(settings), command);

/**
 * As lines of a .bazelrc under a config, each with its command. What all commands take stands with `build`, from which they inherit: in
 * lines of its own Bazel would read it before bbf's flags, and those would win.
 */
export function userRcLines(text: string, config: string, quote: (flag: string) => string): string[] {
  return farmCommands.flatMap((command) => {
    const flags = command === 'build' ? flagsIn(text, command) : flagsOf(text, [command]);
    return flags.map((flag) => `${command}:${config} ${quote(flag)}`);
  });
}

/** Lines with a config (`build:name`) are left to Bazel's own files. */
export function flagsIn(text: string, command: string): string[] {
  return flagsOf(text, INHERITED[command] ?? ['always', 'common', command]);
}

function flagsOf(text: string, heads: readonly string[]): string[] {
  const lines = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(wordsOf);
  return heads.flatMap((head) => lines.flatMap(([first, ...flags]) => (first === head ? flags : [])));
}

/** As a shell takes a line apart, with comments and without anything that is replaced. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s"'#\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#)+|#.*/g)) {
    if (word.startsWith('#')) break;
    words.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
        (_, double, single, plain) => plain ?? single ?? double.replaceAll(/\\(.)/g, '$1'),
      ),
    );
  }
  return words;
}
