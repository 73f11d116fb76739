/** Text that is shown again and again: in place where a person looks at it, else one after the other. */
import { shortened } from './table.ts';
import type { Stream } from './terminal.ts';

interface Screen {
  show(text: string): void;
}

export function openScreen(stream: Stream): Screen {
  const draw = drawer(stream);
  return {
    show: (text) => (stream.interactive ? draw(text.trimEnd().split('\n')) : stream.write(text)),
  };
}

/**
 * Answers what writes lines over those that it wrote before, cut to the screen: what has left it can't be drawn over. It clears from
 * the second line on, as tmux keeps a screen that is cleared from its first among what has scrolled away.
 */
export function drawer(stream: Stream): (lines: readonly string[]) => void {
  let rows = 0;
  return (lines) => {
    const up = rows > 0 ? `\u001b[${rows}A` : '';
    const [first = '', ...others] = fitting(lines, stream.height() - 1).map((line) =>
      shortened(line, stream.width() - 1),
    );
    stream.write(`${up}\r\u001b[K${first}\n\u001b[J${others.map((line) => `${line}\n`).join('')}`);
    rows = 1 + others.length;
  };
}

function fitting(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = lines.slice(0, Math.max(1, most - 1));
  return [...shown, `… ${lines.length - shown.length} more lines`];
}
