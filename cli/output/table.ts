/** Columns of plain text, aligned by the width that is seen rather than by the bytes of colour codes. */
import { stripVTControlCharacters } from 'node:util';
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

export function seenWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A line that wraps would be counted wrong when it is redrawn. */
export function shortened(line: string, width: number): string {
  if (seenWidth(line) <= width) return line;
  let room = Math.max(0, width - 1);
  const kept = line.split(COLOURS).map((part) => {
    if (COLOURS.test(part)) return part;
    const seen = part.slice(0, room);
    room -= seen.length;
    return seen;
  });
  return `${kept.join('')}…`;
}
