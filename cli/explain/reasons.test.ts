import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
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
