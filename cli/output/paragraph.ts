/** Running text, broken into lines between words. */

/** Wider lines than this are hard to read, whatever the terminal offers. */
const WIDTH_MAX = 100;

/** A word that is longer than a line has one of its own. */
export function paragraph(text: string, width: number): string[] {
  const limit = Math.min(width, WIDTH_MAX);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > limit && line !== '') lines.push(line);
    line = longer.length > limit && line !== '' ? word : longer;
  }
  return line === '' ? lines : [...lines, line];
}
