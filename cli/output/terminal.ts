/** Where bbf writes: results on stdout, all else on stderr, colours only where a person looks at them. */
import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

export interface Stream {
  write(text: string): void;
  colors: Colors;
  /** A person looks at it and lines may be redrawn. */
  interactive: boolean;
  /** Columns; 80 where unknown. */
  width(): number;
}

export interface Terminal {
  /** The result, and nothing else. */
  result: Stream;
  /** Progress, warnings, errors, questions. */
  notes: Stream;
  /** Asks on stderr; undefined when there is nobody to answer. */
  ask: ((question: string) => Promise<string>) | undefined;
}

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

export function openTerminal(
  streams: { stdin: NodeJS.ReadStream; stdout: Output; stderr: Output },
  options: { noColor: boolean; ci: boolean },
): Terminal {
  const open = (output: Output): Stream => ({
    write: (text) => void output.write(text),
    colors: picocolors.createColors(Boolean(output.isTTY) && !options.noColor),
    interactive: Boolean(output.isTTY) && !options.ci,
    width: () => output.columns || 80,
  });
  const canAsk = Boolean(streams.stdin.isTTY) && Boolean(streams.stderr.isTTY) && !options.ci;
  return {
    result: open(streams.stdout),
    notes: open(streams.stderr),
    ask: canAsk ? (question) => askOn(streams.stdin, streams.stderr, question) : undefined,
  };
}

async function askOn(stdin: NodeJS.ReadStream, stderr: Output, question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
