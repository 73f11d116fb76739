/** Running text, broken into lines between words. */
import { seenWidth } from './table.ts';

/** Wider lines than this are hard to read, whatever the terminal offers. */
const WIDTH_MAX = 100;

/**
 * A word that is longer than a line has one of its own.
 * @param width columns; Infinity keeps it in one line
 */
export function paragraph(text: string, width: number, words = text.split(/\s+/).filter(Boolean)): string[] {
  const limit = Number.isFinite(width) ? Math.min(width, WIDTH_MAX) : width;
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    const isTooLong = seenWidth(longer) > limit && line !== '';
    if (isTooLong) lines.push(line);
    line = isTooLong ? word : longer;
  }
  return line === '' ? lines : [...lines, line];
}
