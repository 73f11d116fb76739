import { expect, it } from 'vitest';
import { misplacedFlag } from './misplaced.ts';
import { splitCommandLine } from './split.ts';

const hint = "--workers is bbf's, and stands before the command: bbf --workers … build …";

it.each([
  ['with its value apart', ['build', '--workers', '2', '//:x'], 2, hint],
  ['with its value', ['build', '//:x', '--workers=2'], 2, hint],
  ['of a build that failed for another reason', ['build', '--workers=2', '//:x'], 1, undefined],
  ['behind the two dashes, where a program’s own begin', ['run', '//:x', '--', '--workers=2'], 2, undefined],
  ['of Bazel', ['build', '--remote_executor=x', '--jbos=2'], 2, undefined],
  ['before the command', ['--workers=2', 'build', '--jbos=2'], 2, undefined],
])('a flag %s', (_, argv, code, expected) => {
  expect(misplacedFlag(splitCommandLine(argv), code)).toBe(expected);
});
