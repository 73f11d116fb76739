import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../commands/all.ts';
import { ownCommand } from '../own-command.ts';
import { parseCall } from '../parse.ts';
import { STATES } from './explanation-text.ts';
import { reasons } from './reasons.ts';

it('docs/reasons.md has a row for each', () => {
  const rows = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8').split('\n');
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  const told = cells
    .filter(([, code]) => code !== undefined)
    .map(([, code, meaning, remedy]) => [code, meaning, remedy]);
  const wanted = Object.entries(reasons).map(([code, { meaning, remedy }]) => [code, meaning, remedy ?? 'nothing']);
  expect(told).toEqual(expect.arrayContaining(wanted));
});

it('docs/explain.md has a row for each state of a cluster', () => {
  const page = readFileSync(new URL('../../docs/explain.md', import.meta.url), 'utf8');
  expect(Object.keys(STATES).filter((state) => !page.includes(`\n| \`${state}\` |`))).toEqual([]);
});

/** Of what a remedy says: the words behind `bbf`, as far as they are a command with its flags and placeholders; `bbf makes` is prose. */
function linesIn(remedy: string): string[] {
  const names = commands.map(({ name }) => name).sort((one, other) => other.length - one.length);
  const texts = remedy.split(/\bbbf (?=[a-z])/).slice(1);
  return texts.flatMap((text) => {
    if (text.startsWith('makes ')) return [];
    const name = names.find((candidate) => new RegExp(`^${candidate}\\b`).test(text)) ?? text;
    return name + (/^(?: (?:-|[A-Z])[^\s,;]*)*/.exec(text.slice(name.length))?.[0] ?? '');
  });
}

/** What bbf says of a line that it does not take. */
function faultOf(line: string): string | undefined {
  const own = ownCommand(line.split(' '));
  if (own === undefined) return `bbf ${line}: there is no such command`;
  try {
    parseCall(own.command, own.argv);
  } catch (error) {
    return `bbf ${line}: ${(error as Error).message}`;
  }
}

it.each([
  ['bbf leases --cluster=CLUSTER, then bbf leases release ID', ['leases --cluster=CLUSTER', 'leases release ID']],
  ['bbf setpu it anew', ['setpu it anew']],
])('what is to type of “%s”', (remedy, lines) => expect(linesIn(remedy)).toEqual(lines));

it('what a remedy says to type is taken', () => {
  const lines = Object.values(reasons).flatMap(({ remedy }) => linesIn(remedy ?? ''));
  expect(lines.length).toBeGreaterThan(15);
  expect(lines.flatMap((line) => faultOf(line) ?? [])).toEqual([]);
});
