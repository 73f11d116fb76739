/** Help texts, made from the commands' own data: one line for each thing, which output/fold.ts fits to a terminal. */
import { type Command, commonFlags, type Flag, flagsOf } from './command.ts';
import type { Colors } from './output/colors.ts';
import { table } from './output/table.ts';

/** How to see the whole of it within a minute, and where to read on. */
const BEGIN = [
  ['bbf local up && bbf create && bbf build //...', 'on this machine, in a Bazel workspace; needs no account'],
  ['bbf COMMAND --help', 'the flags of a command, and examples'],
  ['man bbf', 'all of it'],
];

/** What becomes of Bazel's commands, a sentence each. */
export const BAZEL = [
  'build, test, run and coverage run on the farm; every other Bazel command is passed on as it is.',
  'alias bazel=bbf works: bazel --version and a lone bazel are bbf’s then, bazel version is Bazel’s own.',
];

export function programHelp(commands: readonly Command[], bazelFlags: readonly Flag[], colors: Colors): string {
  const groups = [
    colors.bold('bbf: a Bazel build farm that is described by one document, and gone while nobody builds'),
    '',
    `${colors.bold('Usage')}`,
    '  bbf COMMAND [flags]',
    '  bbf [bbf flags] [Bazel startup options] BAZEL-COMMAND [anything]',
    '',
    colors.bold('Commands'),
    ...indented(commands.map((command) => [usage(command), command.summary])),
    '',
    colors.bold('Bazel'),
    ...BAZEL.map((line) => `  ${line}`),
    ...indented(bazelFlags.map(flagRow)),
    '',
    colors.bold('Common flags'),
    ...indented([...commonFlags.map(flagRow), ['--version', 'show which bbf this is']]),
    '',
    colors.bold('Begin'),
    ...indented(BEGIN),
  ];
  return `${groups.join('\n')}\n`;
}

/** @param first the word that all of them begin with */
export function groupHelp(first: string, group: readonly Command[], colors: Colors): string {
  const sections = [
    colors.bold('Usage'),
    `  bbf ${first} COMMAND [flags]`,
    ...section(
      colors.bold('Commands'),
      group.map((command) => [usage(command), command.summary]),
    ),
    ...section(colors.bold('More'), [[`bbf ${first} COMMAND --help`, 'the flags of a command, and examples']]),
  ];
  return `${sections.join('\n')}\n`;
}

export function commandHelp(command: Command, colors: Colors): string {
  const sections = [
    `${colors.bold(`bbf ${command.name}`)}: ${command.summary}`,
    ...(command.description === undefined ? [] : ['', command.description]),
    '',
    colors.bold('Usage'),
    `  bbf ${usage(command)} [flags]`,
    ...section(
      colors.bold('Arguments'),
      command.arguments.map((argument) => [argument.name, argument.summary]),
    ),
    ...section(colors.bold('Flags'), flagsOf(command).map(flagRow)),
    ...section(
      colors.bold('Examples'),
      command.examples.map((example) => [example.line, colors.dim(`# ${example.what}`)]),
    ),
  ];
  return `${sections.join('\n')}\n`;
}

const section = (title: string, rows: string[][]): string[] =>
  rows.length === 0 ? [] : ['', title, ...indented(rows)];

function indented(rows: string[][]): string[] {
  return table(rows).map((line) => `  ${line}`);
}

/** `diff [FROM] [TO]` */
export function usage(command: Command): string {
  const words = command.arguments.map((argument) => (argument.required ? argument.name : `[${argument.name}]`));
  return [command.name, ...words].join(' ');
}

const flagRow = (flag: Flag): string[] => [flagText(flag), flag.summary];

/** `-o, --output=FORMAT`, `--json[=FIELDS]`, `--[no-]stack-policy` */
export function flagText(flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : flag.optional !== undefined ? `[=${flag.value}]` : `=${flag.value}`;
  return `${short}--${flag.refusable ? '[no-]' : ''}${flag.name}${value}`;
}
