import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { hintedCases } from './cases.ts';
import { apply } from './copy.ts';
import { patchesIn } from './patches.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const patches = patchesIn(fileURLToPath(new URL('.', import.meta.url)), []);

it.each(patches)('$name still fits the sources (else: npm run zoo -- --refresh)', ({ file }) => {
  expect(apply(REPOSITORY, file, '--check')).toBeNull();
});

/** A class and a row of the state table are looked up among generated plans, which takes long. */
const named = patches.filter(({ hint }) => hint !== null && !/^(class|state) /.test(hint));

it.each(named)('$name hints at what there is: $hint', ({ hint }) => {
  expect(hintedCases(hint ?? '').length).toBeGreaterThan(0);
});

/** The numbers of docs/reliability.md that have a promise of their own. S9 does not apply: no stack of a cluster holds data. */
const SAFETY = Array.from({ length: 20 }, (_, i) => `S${i + 1}`).filter((id) => id !== 'S9');

const LIVENESS = Array.from({ length: 10 }, (_, i) => `L${i + 1}`);

it('has a bug for each promise', () => {
  const named = new Set(patches.flatMap(({ standsFor }) => standsFor.match(/\b[SL]\d+\b/g) ?? []));
  expect([...SAFETY, ...LIVENESS].filter((id) => !named.has(id))).toEqual([]);
});

/** Rows of the table of real bugs of other operators that the campaign was planned from. */
const KNOWN_BUGS = 23;

it('has a bug for each that is known of other operators', () => {
  const named = new Set(
    patches.flatMap(({ standsFor }) => /known bugs? ([\d and,]+)/.exec(standsFor)?.[1]?.match(/\d+/g) ?? []),
  );
  const rows = Array.from({ length: KNOWN_BUGS }, (_, i) => String(i + 1));
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
});

it('has eighty bugs at least', () => {
  expect(patches.length).toBeGreaterThanOrEqual(80);
});
