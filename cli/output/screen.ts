/** Text that is shown again and again: in place where a person looks at it, else one after the other. */
import { shortened } from './table.ts';
import type { Stream } from './terminal.ts';

export interface Screen {
  show(text: string): void;
}

export function openScreen(stream: Stream): Screen {
  const draw = drawer(stream);
  return {
    show: (text) => (stream.interactive ? draw(text.trimEnd().split('\n')) : stream.write(text)),
  };
}

/** Answers what writes lines over those that it wrote before, each cut to the width of the screen. */
export function drawer(stream: Stream): (lines: readonly string[]) => void {
  let rows = 0;
  return (lines) => {
    const up = rows > 0 ? `\u001b[${rows}A` : '';
    const fitted = lines.map((line) => shortened(line, stream.width() - 1));
    stream.write(`${up}\r\u001b[J${fitted.join('\n')}\n`);
    rows = lines.length;
  };
}
