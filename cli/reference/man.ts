/** The manual page bbf(1), from the same data as help, in the macros of man(7). */
import { wrapperFlags } from '../bazel/split.ts';
import { type Command, commonFlags, type Flag } from '../command.ts';
import { BAZEL, flagText, usage } from '../help.ts';

export function manualPage(commands: readonly Command[], version: string): string {
  return `${[
    `.TH BBF 1 "" "bbf ${escaped(version)}" "bbf"`,
    '.SH NAME',
    'bbf \\- a Bazel build farm that is described by one document, and gone while nobody builds',
    '.SH SYNOPSIS',
    '.B bbf',
    '.I COMMAND',
    '[flags]',
    '.br',
    '.B bbf',
    '[bbf flags] [Bazel startup options]',
    '.I BAZEL-COMMAND',
    '[anything]',
    '.SH BAZEL COMMANDS',
    ...BAZEL.map(escaped),
    ...flagItems(wrapperFlags),
    '.SH COMMANDS',
    ...commands.flatMap(item),
    '.SH COMMON FLAGS',
    ...flagItems(commonFlags),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, what]) => ['.TP', `.B ${escaped(name)}`, escaped(what)]),
    '.SH EXIT STATUS',
    'Of Bazel where bbf runs it, 128 and the number of the signal that ended it; failures of bbf itself are 64 to 78 (sysexits.h).',
    '.SH SEE ALSO',
    '.BR bazel (1)',
  ].join('\n')}\n`;
}

const ENVIRONMENT = [
  ['BBF_CONTEXT, BBF_CLUSTER', 'installation and cluster, before those of .bbf.json and of the configuration'],
  ['BBF_BAZEL', 'the Bazel to run'],
  ['BUILD_WORKERS', 'workers to have while a build runs, where no --workers says it'],
  ['BUILD_LOCAL', 'build in containers of this machine, as --local does; 0, false and no are off'],
  ['VISUAL, EDITOR', 'what edits the document; else vi'],
  ['XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME', 'where contexts, certificates and the local cloud are kept'],
  ['AWS_PROFILE', 'the profile whose credentials are used, also where there are keys in the environment'],
  ['AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN', 'credentials, before those of the context’s profile'],
  ['AWS_REGION', 'where bbf setup, teardown and bootstrap-policy are, if no --region says it; a context has its own'],
  ['AWS_ENDPOINT_URL', 'where the services of AWS are, for a context that does not say it'],
  ['NO_COLOR, CI', 'no colours; no line is ever redrawn'],
] as const;

function item(command: Command): string[] {
  return [
    `.SS bbf ${escaped(usage(command))}`,
    escaped(command.summary),
    ...(command.description === undefined ? [] : ['.PP', escaped(command.description)]),
    ...command.arguments.flatMap(({ name, summary }) => ['.TP', `.I ${escaped(name)}`, escaped(summary)]),
    ...flagItems(command.flags),
    ...command.examples.flatMap(({ line, what }) => ['.PP', `.B ${escaped(line)}`, '.br', escaped(what)]),
  ];
}

const flagItems = (flags: readonly Flag[]): string[] =>
  flags.flatMap((flag) => ['.TP', `.B ${escaped(flagText(flag))}`, escaped(flag.summary)]);

/** Dashes that are meant as such, backslashes, and lines that troff would take for its own. */
const escaped = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(['.])/, '\\&$1');
