/** The flags of a command line in the one form that leaves cac no doubt what is a flag, what its value, and what an argument. */
import { parseDuration } from '../config-schema/durations.ts';
import type { Command, Flag } from './command.ts';
import { Failure } from './failure.ts';
import { quoted } from './output/quoted.ts';

/** Before every value: cac makes a number of what could be one, `007` or an empty text too. No word of a command line has it. */
const MARK = '\0';

/** As it was typed. */
export const typedValue = (value: string): string => (value.startsWith(MARK) ? value.slice(MARK.length) : value);

/** Whether there was none where one must be. */
export const isMissing = (value: unknown): boolean => value === MARK || typeof value === 'boolean';

/** cac names values in camel case and drops a leading `no-`. */
export function keyOf({ name }: Flag): string {
  return name.replace(/^no-/, '').replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Each flag that the command declares by cac's own name for it, with its value behind `=`, since cac takes the word behind any other
 * for a value: `--dry-run main` would be no dry run. All else stays as it was typed.
 * @throws Failure (usage) for a value that is empty, stands apart where it may not, is one of two, or is of a flag that takes none
 */
export function flagWords(command: Command, flags: readonly Flag[], argv: readonly string[]): string[] {
  let words: string[] = [];
  const given = new Map<Flag, string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--') return [...words, ...argv.slice(at)];
    const [flag, behind] = flagIn(flags, word);
    if (flag === undefined) {
      words.push(word);
      continue;
    }
    if (flag.value === undefined) words = switched(command, flag, behind, words);
    else {
      const apart = behind === undefined ? valueApart(flag, argv[at + 1]) : undefined;
      const value = behind ?? apart;
      refuseOther(command, flag, value, given);
      words.push(withValue(command, flag, value));
      if (apart !== undefined) at += 1;
    }
  }
  return words;
}

/** The flag that a word names, and what stands behind its `=`, or, as getopt has it, right behind its letter; of a refusable one its refusal is a flag too. */
function flagIn(flags: readonly Flag[], word: string): [Flag | undefined, string | undefined] {
  const [, letter, glued] = /^-([a-z])([^=].*)$/s.exec(word) ?? [];
  const short = flags.find((flag) => flag.short === letter && flag.value !== undefined);
  if (letter !== undefined && short !== undefined) return [short, glued];
  const [name = '', value] = word.split(/=(.*)/s);
  const refusals = flags.filter(({ refusable }) => refusable).map((flag) => ({ ...flag, name: `no-${flag.name}` }));
  const isNamed = ({ name: long, short }: Flag) =>
    name === `--${long}` || (short !== undefined && name === `-${short}`);
  return [[...flags, ...refusals].find(isNamed), value];
}

/** The next word, if it is none that begins with a dash; a lone one stands for standard input. */
function valueApart(flag: Flag, next: string | undefined): string | undefined {
  if (flag.optional === undefined) return next === '-' || !next?.startsWith('-') ? next : undefined;
  refuseLooseDuration(flag, next);
  return undefined;
}

/** Empty it is as in a script that has `--cluster=$NAME` and no NAME. */
function withValue(command: Command, flag: Flag, value: string | undefined): string {
  if (value === '' && flag.optional === undefined) throw noValue(command, flag);
  return `--${keyOf(flag)}=${MARK}${value || (flag.optional ?? '')}`;
}

/** `=true` and `=false`, as other tools have them, are the flag and none. */
function switched(command: Command, flag: Flag, value: string | undefined, words: string[]): string[] {
  const key = keyOf(flag);
  const [on, off] = flag.name.startsWith('no-') ? [`--no-${key}`, `--${key}`] : [`--${key}`, `--no-${key}`];
  if (value === undefined || value === 'true') return [...words, on];
  if (value !== 'false') throw takesNone(command, flag, value);
  const others = words.filter((word) => word !== on);
  return flag.refusable ? [...others, off] : others;
}

function takesNone({ name }: Command, flag: Flag, value: string): Failure {
  const isKubectls = flag.name === 'dry-run' && (value === 'server' || value === 'client');
  const kinds = isKubectls ? `: there is one kind, which reads what is there and writes nothing` : '';
  return new Failure('usage', `--${flag.name} of bbf ${name} takes no value, and "${value}" was given${kinds}`, {
    next: `bbf ${name} --${flag.name}`,
  });
}

/** Before Bazel commands `--wait 5m` is one flag; here the duration would become an argument, the name of a new cluster at worst. */
function refuseLooseDuration({ name, value }: Flag, following = ''): void {
  if (value !== 'DURATION' || parseDuration(following) === undefined) return;
  throw new Failure('usage', `--${name} takes its value with =, and "${following}" stands alone behind it`, {
    next: `--${name}=${following}`,
  });
}

/** No value stands for another one: of two documents, or counts, one would be forgotten without a word. */
function refuseOther({ name }: Command, flag: Flag, value: string | undefined, given: Map<Flag, string>): void {
  if (!value || flag.repeatable) return;
  const first = given.get(flag) ?? value;
  if (first !== value)
    throw new Failure('usage', `bbf ${name} takes one --${flag.name}, and two are given: "${first}" and "${value}"`, {
      next: `bbf ${name} --${flag.name}=${quoted(value)} alone, or one command for each`,
    });
  given.set(flag, value);
}

export const noValue = (command: Command, { name, value }: Flag) =>
  new Failure('usage', `--${name} of bbf ${command.name} needs a value, and none was given`, {
    next: `bbf ${command.name} --${name}=${value}`,
  });
