/** Chooses what a command line means: one of bbf's commands, one of Bazel's, help, or a mistake. */
import { version } from '../config-schema/version.ts';
import { bazelCommands } from './bazel/commands.ts';
import { splitCommandLine, wrapperFlags } from './bazel/split.ts';
import { type Command, flagsOf, type Program } from './command.ts';
import { commands } from './commands/all.ts';
import { withProfile } from './context/named-profile.ts';
import { refuseForceUpdate } from './former-commands.ts';
import { commandHelp, groupHelp, programHelp } from './help.ts';
import type { Colors } from './output/colors.ts';
import { foldedHelp } from './output/fold.ts';
import { ownCommand } from './own-command.ts';
import { parseCall } from './parse.ts';
import { inOneForm, quickQuestion } from './quick-answers.ts';
import { namedContext, withNotesOf } from './same-context.ts';
import { groupOf, groupToHelpWith } from './second-words.ts';
import { refuseHelpSlip, refuseSlip } from './unknown-command.ts';

/** @returns the exit code */
export async function dispatch(argv: readonly string[], program: Program): Promise<number> {
  const [first] = argv;
  const question = quickQuestion(argv);
  if (question === '--version') return print(program, `bbf ${version}\n`);
  if (question === '--help') return printHelp(program, (colors) => programHelp(commands, wrapperFlags, colors));
  if (first === 'complete' && argv[1] === '--')
    return (await import('./completion/completion-command.ts')).answerShell(argv.slice(2), program);
  return run(inOneForm(argv), withNotesOf(namedContext(argv), program));
}

async function run(argv: readonly string[], program: Program): Promise<number> {
  const line = splitCommandLine(argv);
  const asksForHelp = line.command === 'help';
  const own = ownCommand(asksForHelp ? line.rest : argv);
  if (asksForHelp && own !== undefined) return help(own.command, program);
  if (own !== undefined) return runOwn(own.command, own.argv, program);
  const group = groupToHelpWith(line);
  if (group !== undefined) return printHelp(program, (colors) => groupHelp(group, groupOf(group), colors));
  if (asksForHelp) refuseHelpSlip(line);
  else if (line.command !== undefined && !bazelCommands.includes(line.command)) refuseSlip(line);
  refuseForceUpdate(line.startup, argv);
  const { wrapBazel } = await import('./bazel/wrap.ts');
  return wrapBazel(line, withProfile(program, line.own.get('profile')));
}

async function runOwn(command: Command, argv: readonly string[], program: Program): Promise<number> {
  try {
    const call = parseCall(command, argv);
    if (call.has('help')) return help(command, program);
    const asksAws = flagsOf(command).some(({ name }) => name === 'profile');
    return await command.run(call, asksAws ? withProfile(program, call.text('profile')) : program);
  } catch (error) {
    if (!argv.includes('--json')) throw error;
    throw (await import('./meant-field.ts')).unlessFieldIsMeant(error, command, argv);
  }
}

const help = (command: Command, program: Program): number =>
  printHelp(program, (colors) => commandHelp(command, colors));

function printHelp(program: Program, text: (colors: Colors) => string): number {
  const { colors, width } = program.terminal.result;
  return print(program, foldedHelp(text(colors), width()));
}

function print({ terminal }: Program, text: string): number {
  terminal.result.write(text);
  return 0;
}
