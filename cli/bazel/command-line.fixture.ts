/** Random command lines, of words that are easily taken for others. */

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

/** @param random from 0 to below 1 */
export function randomWords(random: () => number) {
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);
  return {
    pick,
    some,
    /** One of Bazel's startup options, with its value. */
    startup: () => (random() < 0.3 ? [pick(UNARY_STARTUP), pick(['1', 'build', '/a b'])] : [pick(STARTUP)]),
    command: () => pick(COMMANDS),
    rest: () => some(6, () => pick(REST)),
  };
}
