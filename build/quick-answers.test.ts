import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { wrapperFlags } from '../cli/bazel/split.ts';
import { commands } from '../cli/commands/all.ts';
import { programHelp } from '../cli/help.ts';
import { createColors } from '../cli/output/colors.ts';
import { foldedHelp } from '../cli/output/fold.ts';
import { quickQuestion } from '../cli/quick-answers.ts';
import { cleanEnvironment } from '../integration/installation.ts';
import { bbfProgram } from '../integration/programs.ts';
import { version } from './options.ts';

const help = (colored: boolean) => programHelp(commands, wrapperFlags, createColors(colored));

describe('what bbf says at once', () => {
  const say = (env: Record<string, string>, ...args: string[]) =>
    execFileSync(process.execPath, [bbfProgram, ...args], { encoding: 'utf8', env: cleanEnvironment(env) });
  /** In a terminal that `script` makes, which ends lines as terminals do. */
  const sayOnTerminal = (env: Record<string, string>, flag: string) =>
    execFileSync('script', ['-qec', `stty cols 60; '${process.execPath}' '${bbfProgram}' ${flag}`, '/dev/null'], {
      encoding: 'utf8',
      env: cleanEnvironment({ TERM: 'xterm', ...env }),
    }).replaceAll('\r\n', '\n');

  it.each([[[]], [['--help']], [['-h']], [['help']], [['--help', '--json']]])('is the help for %j', (args) => {
    expect(say({}, ...args)).toBe(help(false));
  });

  it('is the version of the package', () => expect(say({}, '--version')).toBe(`bbf ${version}\n`));

  it.each([
    ['in colour on a terminal, fitted to it', {}, true],
    ['without it where NO_COLOR is set', { NO_COLOR: '1' }, false],
    ['without it on a dumb terminal', { TERM: 'dumb' }, false],
  ])('is shown %s', (_rule, env, colored) => {
    expect(sayOnTerminal(env, '--help')).toBe(foldedHelp(help(colored), 60));
  });
});

it.each([[['help', 'want']], [['--help', 'want']], [['build', '--help']], [['--workers=2', '--help']], [['toString']]])(
  '%j asks for something else',
  (argv) => expect(quickQuestion(argv)).toBeUndefined(),
);
