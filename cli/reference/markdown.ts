/** docs/cli.md: every command, from the same data as help. */
import { wrapperFlags } from '../bazel/split.ts';
import { type Argument, type Command, type Flag, flagsOf } from '../command.ts';
import { flagText, usage } from '../help.ts';

export function commandReference(commands: readonly Command[]): string {
  return `${[
    '# Commands',
    '',
    'Made from the data of the commands themselves by `npm run docs`; a test keeps it current. `bbf COMMAND --help` says the same of bbf’s own commands, `bbf help COMMAND` is Bazel’s word on Bazel’s.',
    '',
    'What a command shows goes to stdout, everything else to stderr. [Exit codes](exit-codes.md) · [JSON](json.md) · [configuration](config.md)',
    '',
    ...rows(commands.map((command) => [`[\`bbf ${usage(command)}\`](#${anchor(command)})`, command.summary])),
    '',
    '## Bazel commands',
    '',
    '`bbf [bbf flags] [Bazel startup options] COMMAND [anything]`: `build`, `test`, `run` and `coverage` run on the farm, every other command of Bazel is passed on as it is, but that `aquery` and `cquery` get the flags that change what is analysed. What follows the command is Bazel’s, untouched and in place.',
    '',
    '`alias bazel=bbf` works, and so does a link of that name on the PATH: bbf passes itself over when it looks for Bazel. `bazel --version`, `bazel --help` and a lone `bazel` are bbf’s then; `bazel version` and `bazel help COMMAND` are Bazel’s own, unless bbf has a command of that name. `bbf completion bash --for=bazel` completes it.',
    '',
    'Bazel discards what it has analysed where the next command has other flags, and builds anew. For plain Bazel beside bbf, in the same workspace, one line of its `.bazelrc` prevents that: `build --incompatible_strict_action_env`, which Bazel 9 has by itself. A build that falls back to this machine has that flag too; your own of `~/.config/bbf/bazelrc` are for the farm, and stay out of it.',
    '',
    '`--remote_executor` behind the command is Bazel’s own as well: it builds there, or on this machine where the value is empty, and bbf takes no lease and adds no flag. Where a `--config` behind the command or a line of `~/.config/bbf/bazelrc` sets it, set `--remote_cache` beside it: bbf’s would stay, and the other farm would look for inputs in vain.',
    '',
    ...flagRows(wrapperFlags),
    ...commands.flatMap(section),
  ].join('\n')}\n`;
}

const anchor = ({ name }: Command) => `bbf-${name.replaceAll(' ', '-')}`;

function section(command: Command): string[] {
  return [
    '',
    `## bbf ${command.name}`,
    '',
    `\`bbf ${usage(command)} [flags]\`: ${command.summary}.`,
    ...(command.description === undefined ? [] : ['', command.description]),
    ...argumentRows(command.arguments),
    '',
    ...flagRows(flagsOf(command)),
    ...(command.examples.length === 0
      ? []
      : ['', '```sh', ...command.examples.map(({ line, what }) => `${line}  # ${what}`), '```']),
  ];
}

const argumentRows = (all: readonly Argument[]): string[] =>
  all.length === 0 ? [] : ['', ...rows(all.map(({ name, summary }) => [`\`${name}\``, summary]))];

const flagRows = (flags: readonly Flag[]): string[] =>
  rows(flags.map((flag) => [`\`${flagText(flag)}\``, flag.summary]));

const rows = (all: readonly (readonly string[])[]): string[] => [
  '| | |',
  '|---|---|',
  ...all.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
];
