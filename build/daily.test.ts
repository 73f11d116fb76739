/** What is loaded for every build has nothing that only other commands need: each KiB of it is read before Bazel starts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../cli/commands/all.ts';
import { dist } from './options.ts';

const summariesIn = (part: string) => {
  const code = readFileSync(join(dist, 'daily', part), 'utf8');
  return commands.filter(({ summary }) => code.includes(summary)).map(({ name }) => name);
};

it('the wrapper of Bazel comes without the list of commands, which the dispatcher has', () => {
  expect(summariesIn('main.cjs').length).toBeGreaterThan(20);
  expect(summariesIn('wrap.cjs')).toEqual([]);
});
