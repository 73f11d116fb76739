/** Columns of plain text, aligned by the width that is seen rather than by the bytes of colour codes. */
import { stripVTControlCharacters } from 'node:util';
import { charactersOf, columnsOf } from './columns.ts';
import { COLOURS } from './printable.ts';

const GAP = '  ';

/** One line for each row; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, seenWidth(cell));
  return rows.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

function padTo(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - seenWidth(cell)));
}

/** In columns of a terminal. */
export function seenWidth(text: string): number {
  return columnsOf(stripVTControlCharacters(text));
}

/** A line that wraps would be counted wrong when it is redrawn. */
export function shortened(line: string, width: number): string {
  if (seenWidth(line) <= width) return line;
  let room = Math.max(0, width - 1);
  const kept = line.split(COLOURS).map((part) => {
    if (COLOURS.test(part)) return part;
    const [seen, left] = beginning(part, room);
    room = left;
    return seen;
  });
  return `${kept.join('')}…`;
}

/** @returns what of it there is room for, and the room that is left: none behind a character that is too wide for it */
function beginning(text: string, room: number): [string, number] {
  let seen = '';
  let left = room;
  for (const { text: one, columns } of charactersOf(text)) {
    if (columns > left) return [seen, 0];
    seen += one;
    left -= columns;
  }
  return [seen, left];
}
