/** The results of all checks as a person reads them. */

import type { Colors } from '../output/colors.ts';
import { paragraph } from '../output/paragraph.ts';
import { table } from '../output/table.ts';
import type { CheckState } from './check.ts';
import type { CheckResult } from './examine.ts';

const WORDS: Record<CheckState, string> = { ok: 'ok', warning: 'warning', failed: 'FAILED', skipped: 'skipped' };
/** Width of the state and of the name, with the gaps after them. */
const INDENT = 24;

export function checkupText(results: readonly CheckResult[], width: number, colors: Colors): string {
  const paint = { ok: colors.green, warning: colors.yellow, failed: colors.red, skipped: colors.dim };
  const cells = results.map(({ state, check }) => [paint[state](WORDS[state]), check]);
  const heads = table([...cells.map((row) => [...row, '|']), ['skipped', 'object-events', '|']]);
  const lines = results.flatMap((one, index) => {
    const head = (heads[index] ?? '').slice(0, -1);
    const text = one.about === null ? one.seen : `${one.about}: ${one.seen}`;
    const [first = '', ...rest] = paragraph(text, width - INDENT);
    const why = one.why === null ? [] : paragraph(`why: ${one.why}`, width - INDENT);
    const next = one.next === null ? [] : paragraph(`try: ${one.next}`, width - INDENT);
    const more = [...rest, ...why.map(colors.dim), ...next].map((line) => `${' '.repeat(INDENT)}${line}`);
    return [`${head}${first}`, ...more];
  });
  return `${[...lines, '', summary(results)].join('\n')}\n`;
}

function summary(results: readonly CheckResult[]): string {
  const counts = (Object.keys(WORDS) as CheckState[]).map((state) => ({
    state,
    count: results.filter((one) => one.state === state).length,
  }));
  return counts
    .filter(({ state, count }) => count > 0 || state === 'ok')
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}
