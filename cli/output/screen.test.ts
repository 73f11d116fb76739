import xterm from '@xterm/headless';
import { expect, it } from 'vitest';
import { createColors } from './colors.ts';
import { openScreen } from './screen.ts';

const COLUMNS = 20;
const ROWS = 6;

/** What a terminal shows, and what it has put aside above its first row. */
async function shown(...texts: string[]): Promise<{ visible: string[]; above: number }> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  let written = '';
  const screen = openScreen({
    isRead: () => true,
    write: (text) => {
      written += text;
    },
    colors: createColors(false),
    interactive: true,
    width: () => COLUMNS,
    height: () => ROWS,
  });
  for (const text of texts) screen.show(text);
  await new Promise<void>((resolve) => terminal.write(written.replaceAll('\n', '\r\n'), resolve));
  const { active } = terminal.buffer;
  const rows = Array.from(
    { length: ROWS },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  return { visible: rows.slice(0, rows.findLastIndex((row) => row !== '') + 1), above: active.baseY };
}

const lines = (count: number, word = 'line') => Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('');

it('is the last text, over the one before', async () => {
  expect(await shown(lines(4), lines(2, 'new'))).toEqual({ visible: ['new 0', 'new 1'], above: 0 });
  expect(await shown('one\n', lines(3, 'new'))).toEqual({ visible: ['new 0', 'new 1', 'new 2'], above: 0 });
});

it('is cut to the screen, as what has left it can’t be drawn over', async () => {
  const cut = { visible: ['x 0', 'x 1', 'x 2', 'x 3', '… 5 more lines'], above: 0 };
  expect(await shown(lines(9), lines(9), lines(9, 'x'))).toEqual(cut);
  expect((await shown('a long line that goes on\n')).visible).toEqual(['a long line that g…']);
});

it('never clears a terminal from its first row on: some keep what was there among what has scrolled away', () => {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const screen = openScreen({
    isRead: () => true,
    write,
    colors: createColors(false),
    interactive: true,
    width: () => 80,
    height: () => 24,
  });
  for (const text of ['a\n', 'b\n']) screen.show(text);
  // tmux does so where the whole screen is cleared.
  expect(written).not.toContain('\r\u001b[J');
});
