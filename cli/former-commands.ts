/** Command lines of bazel_bf, the system before this one, that people still type, and what to type today; docs/migration.md has all of it. */
import { Failure } from './failure.ts';
import { quoted } from './output/quoted.ts';

interface FormerFlag {
  /** The flag in its place. */
  today?: string;
  /** Why there is none. */
  gone?: string;
  /** It stood alone. */
  isBare?: true;
}

const forceUpdate: FormerFlag = { gone: 'every edit of the document is followed', isBare: true };

/** By what they stand behind today. */
const formerFlags = new Map<string, ReadonlyMap<string, FormerFlag>>([
  [
    'setup',
    new Map<string, FormerFlag>([
      ['s3_bucket', { today: 'bucket' }],
      ['s3_key', { gone: 'flags of set-up say what that file said' }],
    ]),
  ],
  [
    'want',
    new Map<string, FormerFlag>([
      ['to', { today: 'workers' }],
      ['force_update', forceUpdate],
    ]),
  ],
]);

/** Of that count, where one was typed behind the command. */
const want = (rest: readonly string[], otherwise: string): string => {
  const count = todaysWords('want', rest).find((word) => word.startsWith('--workers='));
  return count === undefined ? otherwise : `bbf want ${quoted(count)}`;
};

type Today = (rest: readonly string[]) => string;

/** Behind `remote`, which people left out too. */
const counts: [string, Today][] = [
  ['up', (rest) => want(rest, 'bbf want --workers=N')],
  ['down', (rest) => want(rest, 'bbf want --workers=0, or nothing: a cluster goes to zero by itself')],
];

const STATUS = 'bbf status';
const remotes = new Map<string, Today>([...counts, ['status', () => STATUS]]);

const remote: Today = ([second = '', ...rest]) =>
  remotes.get(second)?.(rest) ?? `${STATUS}; bbf want --workers=N for more or fewer`;

/** What to type today. */
export const formerCommands: ReadonlyMap<string, Today> = new Map<string, Today>([
  ['remote', remote],
  ...counts,
  ['options', () => 'bbf --help'],
]);

/** @throws Failure (usage) for a command of bazel_bf */
export function refuseFormerCommand(word: string, rest: readonly string[]): void {
  const next = formerCommands.get(word)?.(rest);
  if (next !== undefined)
    throw new Failure('usage', `bbf has no command ${word}: ${word} was a command of bazel_bf (docs/migration.md)`, {
      next,
    });
}

/** @param command one of bbf's own. @throws Failure (usage) for flags of bazel_bf behind it */
export function refuseFormerFlags(command: string, argv: readonly string[]): void {
  const flags = [...(formerFlags.get(command) ?? [])];
  const used = flags.filter(([name]) => argv.some((word) => isFlag(word, name)));
  if (used.length === 0) return;
  throw new Failure('usage', `bbf ${command} takes no flags of bazel_bf (docs/migration.md)`, {
    details: used.map(([name, { today, gone }]) => `--${name}: ${gone ? `not needed: ${gone}` : `--${today} today`}`),
    next: ['bbf', command, ...todaysWords(command, argv).map(quoted)].join(' '),
  });
}

/** @param startup what would be passed on before a Bazel command. @throws Failure (usage) for `--force_update`, which no Bazel knows */
export function refuseForceUpdate(startup: readonly string[], argv: readonly string[]): void {
  const flag = startup.find((word) => isFlag(word, 'force_update'));
  if (flag === undefined) return;
  const message = `--force_update was a flag of bazel_bf (docs/migration.md), and is not needed: ${forceUpdate.gone}`;
  throw new Failure('usage', message, {
    next: ['bbf', ...argv.toSpliced(argv.indexOf(flag), 1).map(quoted)].join(' '),
  });
}

const isFlag = (word: string, name: string): boolean => word === `--${name}` || word.startsWith(`--${name}=`);

function todaysWords(command: string, argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    const [named, ...given] = word.split('=');
    const former = named?.startsWith('--') ? formerFlags.get(command)?.get(named.slice(2)) : undefined;
    if (former === undefined) {
      words.push(word);
      continue;
    }
    const isApart = !former.isBare && given.length === 0;
    const value = isApart ? argv[++at] : given.join('=');
    if (former.today !== undefined) words.push(`--${former.today}=${value ?? ''}`);
  }
  return words;
}
