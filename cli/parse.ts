/** Takes the command line of one of bbf's own commands apart (with cac), and refuses what the command does not declare. */
import { cac } from 'cac';
import { type Call, type Command, type Flag, flagsOf } from './command.ts';
import { Failure } from './failure.ts';
import { flagWords, isMissing, keyOf, noValue, typedValue } from './flag-words.ts';
import { refuseFormerFlags } from './former-commands.ts';
import { usage } from './help.ts';
import { quoted } from './output/quoted.ts';
import { nearSecondWord } from './second-words.ts';
import { suggestion } from './suggest.ts';

type Values = Record<string, unknown>;

/** @throws Failure (usage) for an unknown flag, a missing value, a missing or surplus argument */
export function parseCall(command: Command, argv: readonly string[]): Call {
  const flags = flagsOf(command);
  const { args, values } = parse(command, flags, argv);
  const line = ['bbf', command.name, ...argv.map(quoted)].join(' ');
  const call = { command: command.name, line, arguments: args, ...reader(flags, values) };
  if (call.has('help')) return call;
  refuseFormerFlags(command.name, argv);
  refuseUnknown(command, flags, values);
  refuseMissingValues(command, flags, values);
  refuseArguments(command, flags, args, argv);
  return call;
}

function parse(command: Command, flags: readonly Flag[], argv: readonly string[]): { args: string[]; values: Values } {
  const parser = cac('bbf');
  for (const flag of flags) {
    const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
    parser.option(flag.value === undefined ? names : `${names} <${flag.value}>`, flag.summary);
  }
  const { args, options } = parser.parse(['node', 'bbf', ...flagWords(command, flags, argv)], { run: false });
  const { '--': literal, ...values } = options;
  return { args: [...args, ...(literal as string[])].map(String), values };
}

function reader(flags: readonly Flag[], values: Values): Pick<Call, 'text' | 'has' | 'choice'> {
  const last = (name: string): unknown => {
    const value = values[keyOf(declared(flags, name))];
    return Array.isArray(value) ? value.at(-1) : value;
  };
  return {
    text: (name) => {
      const value = last(name);
      if (!isValue(value)) return undefined;
      const all = declared(flags, name).repeatable ? [values[keyOf(declared(flags, name))]].flat() : [value];
      return all.map((one) => typedValue(String(one))).join(',');
    },
    has: (name) =>
      declared(flags, name).value === undefined ? last(name) === !name.startsWith('no-') : isValue(last(name)),
    choice: (name) => {
      const value = last(name);
      return typeof value === 'boolean' ? value : undefined;
    },
  };
}

/** cac says true or false of a flag with a value where only its refusal, `--no-` before its name, is given or could be. */
const isValue = (value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'boolean';

/** Asking for a flag that the command does not declare is a mistake in the command, not in the command line. */
function declared(flags: readonly Flag[], name: string): Flag {
  const flag = flags.find((candidate) => candidate.name === name);
  if (flag === undefined) throw new Error(`no flag --${name} is declared`);
  return flag;
}

function refuseUnknown(command: Command, flags: readonly Flag[], values: Values): void {
  const known = new Set(flags.flatMap((flag) => [keyOf(flag), ...(flag.short === undefined ? [] : [flag.short])]));
  for (const key of Object.keys(values)) {
    if (known.has(key)) continue;
    if ((key === 'context' || key === 'profile') && command.contextless)
      throw new Failure('usage', `bbf ${command.name} asks no installation, and takes no --${key}`, {
        next: `bbf ${usage(command)}, without it`,
      });
    const kebab = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const shown = key.length === 1 ? `-${key}` : values[key] === false ? `--no-${kebab}` : `--${kebab}`;
    const hint = suggestion(
      shown,
      flags.map((flag) => `--${flag.name}`),
    );
    throw new Failure('usage', `bbf ${command.name} has no flag ${shown}${hint}`, {
      next: isOutput(key, flags) ? `bbf ${command.name} -o json` : `bbf ${command.name} --help`,
    });
  }
}

/** Where JSON is the document itself, and no list of fields. */
const isOutput = (key: string, flags: readonly Flag[]): boolean =>
  (key === 'json' || key === 'jq') && flags.some(({ name, choices }) => name === 'output' && choices?.includes('json'));

function refuseMissingValues(command: Command, flags: readonly Flag[], values: Values): void {
  for (const flag of flags) {
    const given = [values[keyOf(flag)]].flat();
    const isRefusable = flags.some(({ name }) => name === `no-${flag.name}`);
    if (flag.value === undefined || isRefusable || !given.some(isMissing)) continue;
    throw noValue(command, flag);
  }
}

function refuseArguments(
  command: Command,
  flags: readonly Flag[],
  args: readonly string[],
  argv: readonly string[],
): void {
  const missing = command.arguments.slice(args.length).find((argument) => argument.required);
  if (missing !== undefined)
    throw new Failure('usage', `bbf ${command.name} needs ${missing.name}: ${missing.summary}`, {
      next: `bbf ${command.name} --help`,
    });
  const surplus = args[command.arguments.length];
  if (surplus !== undefined) {
    const takes = command.arguments.map((argument) => argument.name).join(' ') || 'no arguments';
    const list = command.flags.find(({ repeatable }) => repeatable);
    const asList = list && (withListAsOneWord(command, flags, list, argv) ?? `--${list.name}=${list.value}`);
    const meant = nearSecondWord(command.name, args[0] ?? '');
    throw new Failure('usage', `bbf ${command.name} takes ${takes}, and "${surplus}" is one too many${meant}`, {
      next: `${asList === undefined ? '' : `bbf ${command.name} ${asList}, or `}bbf ${command.name} --help`,
    });
  }
}

/** Other tools, such as the AWS CLI, take a list as words of their own. @returns undefined where that was not what was meant */
function withListAsOneWord(
  command: Command,
  flags: readonly Flag[],
  { name }: Flag,
  argv: readonly string[],
): string | undefined {
  const others: string[] = [];
  const list: string[] = [];
  let isInList = false;
  for (const word of argv) {
    const isList = word === `--${name}` || word.startsWith(`--${name}=`);
    if (word.startsWith('-')) isInList = isList;
    if (!isInList) others.push(word);
    else if (word !== `--${name}`) list.push(...word.slice(isList ? `--${name}=`.length : 0).split(','));
  }
  const values = list.filter(Boolean).join(',');
  if (values === '') return undefined;
  const words = [...others, `--${name}=${values}`];
  const isWhole = parse(command, flags, words).args.length <= command.arguments.length;
  return isWhole ? words.map(quoted).join(' ') : undefined;
}
