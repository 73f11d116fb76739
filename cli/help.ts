/** Help texts, made from the commands' own data. */
import { type Command, commonFlags, type Flag, flagsOf } from './command.ts';
import type { Colors } from './output/colors.ts';
import { paragraph } from './output/paragraph.ts';
import { table } from './output/table.ts';

/** How to see the whole of it within a minute, and where to read on. */
const BEGIN = [
  ['bbf local up && bbf create && bbf build //...', 'on this machine, in a Bazel workspace; needs no account'],
  ['bbf COMMAND --help', 'the flags of a command, and examples'],
  ['man bbf', 'all of it'],
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
    '  build, test, run and coverage run on the farm; every other Bazel command is passed on as it is.',
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

/** @param width columns, where it is read in a terminal that would break lines within words */
export function commandHelp(command: Command, colors: Colors, width?: number): string {
  const name = `bbf ${command.name}`;
  const sections = [
    ...linesOf(`${name}: ${command.summary}`, width).map((line) => line.replace(`${name}:`, `${colors.bold(name)}:`)),
    ...(command.description === undefined ? [] : ['', ...linesOf(command.description, width)]),
    '',
    colors.bold('Usage'),
    `  bbf ${usage(command)} [flags]`,
    ...section(
      colors.bold('Arguments'),
      command.arguments.map((argument) => [argument.name, argument.summary]),
      width,
    ),
    ...section(colors.bold('Flags'), flagsOf(command).map(flagRow), width),
    ...section(
      colors.bold('Examples'),
      command.examples.map((example) => [example.line, `# ${example.what}`]),
      width,
      colors.dim,
    ),
  ];
  return `${sections.join('\n')}\n`;
}

type Row = [name: string, text: string];

function section(title: string, rows: Row[], width: number | undefined, paint = (text: string) => text): string[] {
  if (rows.length === 0) return [];
  const column = GAP + Math.max(...rows.map(([name]) => name.length)) + GAP;
  const lines = rows.flatMap(([name, text]) => {
    const isNarrow = width !== undefined && width - column < TEXT_LEAST && column + text.length > width;
    const indent = isNarrow ? 3 * GAP : column;
    const [first = '', ...more] = linesOf(text, width && width - indent).map(paint);
    const begin = `${' '.repeat(GAP)}${name}`;
    const under = isNarrow ? [begin, ' '.repeat(indent) + first] : [`${begin.padEnd(column)}${first}`.trimEnd()];
    return [...under, ...more.map((line) => ' '.repeat(indent) + line)];
  });
  return ['', title, ...lines];
}

const GAP = 2;
/** A narrower column of text goes under what it is about. */
const TEXT_LEAST = 30;

const linesOf = (text: string, width: number | undefined): string[] =>
  width === undefined || text.length <= width ? [text] : paragraph(text, width);

function indented(rows: string[][]): string[] {
  return table(rows).map((line) => `  ${line}`);
}

/** `diff [FROM] [TO]` */
export function usage(command: Command): string {
  const words = command.arguments.map((argument) => (argument.required ? argument.name : `[${argument.name}]`));
  return [command.name, ...words].join(' ');
}

const flagRow = (flag: Flag): Row => [flagText(flag), flag.summary];

/** `-o, --output=FORMAT`, `--json[=FIELDS]`, `--[no-]stack-policy` */
export function flagText(flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : flag.optional !== undefined ? `[=${flag.value}]` : `=${flag.value}`;
  return `${short}--${flag.refusable ? '[no-]' : ''}${flag.name}${value}`;
}
