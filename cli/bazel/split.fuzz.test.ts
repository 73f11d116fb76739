import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../local/cloud/virtual-world.ts';
import { bazelArguments, splitCommandLine, wrapperFlags } from './split.ts';

const SEED = Number(process.env.BBF_FUZZ_SEED ?? 20261128);
const RUNS = 5_000;

const STARTUP = [
  '--batch',
  '--nohome_rc',
  '--output_base=/tmp/x y',
  '--host_jvm_args=-Xmx1g',
  '--max_idle_secs=5',
  '-x',
];
/** Bazel takes the word behind these for their value. */
const UNARY_STARTUP = ['--output_base', '--bazelrc', '--max_idle_secs'];
const COMMANDS = ['build', 'test', 'run', 'query', 'info', 'coverage', 'clean'];
/** Among them flags that are bbf's before the command, and words that look like commands. */
const REST = [
  '//...',
  '--',
  '-c',
  'opt',
  '--config=x',
  '--workers=9',
  '--cluster',
  'main',
  '--jobs=3',
  '',
  'a b',
  '--wait',
  'build',
  '-',
  '--=',
  "it's",
  '$HOME',
  'ü',
];
const OWN = wrapperFlags.map(({ name, value, optional }) => ({
  name,
  takes: value !== undefined && optional === undefined,
}));

describe(`random command lines (BBF_FUZZ_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);

  it('reach Bazel as they were typed, less bbf’s own flags, and with what bbf adds in one place', () => {
    for (let run = 0; run < RUNS; run++) {
      const own = new Map<string, string>();
      const startup: string[] = [];
      const before = some(4, () => {
        if (random() < 0.5) {
          const { name, takes } = pick(OWN);
          const value = takes ? pick(['1', 'main', 'a b']) : '';
          own.set(name, value);
          if (!takes) return [`--${name}`];
          return random() < 0.5 ? [`--${name}=${value}`] : [`--${name}`, value];
        }
        const words = random() < 0.3 ? [pick(UNARY_STARTUP), pick(['1', 'build', '/a b'])] : [pick(STARTUP)];
        startup.push(...words);
        return words;
      }).flat();
      const command = pick(COMMANDS);
      const rest = some(6, () => pick(REST));
      const typed = [...before, command, ...rest];
      const line = splitCommandLine(typed);
      const seen = { own: line.own, args: bazelArguments(line, ['--added=1', '--added=2']), run };
      expect(seen, JSON.stringify(typed)).toEqual({
        own,
        args: [...startup, command, '--added=1', '--added=2', ...rest],
        run,
      });
    }
  });
});
