/** Text that is shown again and again: in place where a person looks at it, else one after the other. */
import { shortened } from './table.ts';
import type { Stream } from './terminal.ts';

export interface Screen {
  show(text: string): void;
}

export function openScreen(stream: Stream): Screen {
  let rows = 0;
  return {
    show(text) {
      if (!stream.interactive) return stream.write(text);
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => shortened(line, stream.width() - 1));
      const up = rows > 0 ? `\u001b[${rows}A` : '';
      stream.write(`${up}\r\u001b[J${lines.join('\n')}\n`);
      rows = lines.length;
    },
  };
}
