import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conditionTypes } from '../../config-schema/status.schema.ts';
import { STATES } from './explanation-text.ts';
import { ownReasons, reasons } from './reasons.ts';

const core = new URL('../../reconciler/core/', import.meta.url);
const sources = readdirSync(core).filter((name) => /^[a-z-]+\.ts$/.test(name));
const words = sources.flatMap((name) =>
  [...readFileSync(new URL(name, core), 'utf8').matchAll(/'([A-Z][A-Za-z]*[a-z])'/g)].map(([, word]) => word as string),
);

/** Words of the core that are no reasons: values and types of conditions, kinds of actions and documents, a pool's direction. */
const otherWords = new Set<string>([
  ...conditionTypes.filter((type) => type !== 'Asleep' && type !== 'WithinBudget'),
  ...['True', 'False', 'Unknown', 'Status', 'Grow', 'Shrink', 'Hold'],
  ...['CreateStack', 'UpdateStack', 'DeleteStack', 'CancelUpdate', 'ContinueRollback', 'RollbackStack'],
  ...['SetDesiredCount', 'SetFastSchedule'],
]);

describe('the reason codes of reconciler/core', () => {
  const codes = [...new Set(words)].filter((word) => !otherWords.has(word)).sort();

  it('are found in its sources', () => {
    expect(codes).toEqual(
      expect.arrayContaining(['Converged', 'TaskTrouble', 'StackBackoff', 'ActionFailed', 'Invalid']),
    );
  });

  it('each have a meaning and, where a person can do something, a remedy', () => {
    expect(codes.filter((code) => reasons[code] === undefined)).toEqual([]);
  });

  it('are all that is explained, but for those of bbf explain itself', () => {
    const known = new Set([...codes, ...Object.keys(ownReasons)]);
    expect(Object.keys(reasons).filter((code) => !known.has(code))).toEqual([]);
  });
});

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
