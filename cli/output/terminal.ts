/** Where bbf writes: results on stdout, all else on stderr, colours only where a person looks at them. */
import type { WriteStream } from 'node:tty';
import { Interrupted } from '../interrupt.ts';
import { type Colors, createColors } from './colors.ts';
import { directWriter } from './direct-writer.ts';
import { folded } from './fold.ts';

export interface Stream {
  write(text: string): void;
  /** False once whoever read it has gone. */
  isRead(): boolean;
  colors: Colors;
  /** A person looks at it and lines may be redrawn. */
  interactive: boolean;
  /** Columns: 80 where unknown, Infinity where it is no terminal, which would break lines. */
  width(): number;
  /** Rows; 24 where unknown. */
  height(): number;
}

export interface Terminal {
  /** The result, and nothing else. */
  result: Stream;
  /** Progress, warnings, errors, questions. */
  notes: Stream;
  /** Asks on stderr; undefined when there is nobody to answer. */
  ask: ((question: string) => Promise<string>) | undefined;
}

/** Of a process, which can end. */
interface ProcessTerminal extends Terminal {
  /** Resolves when all that was written is out of this process, or nobody reads it any more. */
  written(): Promise<void>;
}

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'columns' | 'rows'>>;

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Output;
  readonly stderr: Output;
}

interface TerminalOptions {
  /** Which of the streams are terminals. */
  terminals: Record<keyof Streams, boolean>;
  noColor: boolean;
  ci: boolean;
  /** Nothing can be drawn over. */
  isDumb?: boolean;
}

/** Node makes a standard stream when it is first asked for, which takes a while: none is before it is needed. */
export function openTerminal(
  streams: Streams,
  { terminals, noColor, ci, isDumb = false }: TerminalOptions,
): ProcessTerminal {
  const writers = { stdout: directWriter(1, () => streams.stdout), stderr: directWriter(2, () => streams.stderr) };
  const open = (name: keyof typeof writers): Stream => {
    const isTerminal = terminals[name];
    const width = () => (isTerminal ? streams[name].columns || 80 : Number.POSITIVE_INFINITY);
    const { write, isRead } = writers[name];
    return {
      write: name === 'stderr' && isTerminal ? (text) => write(folded(text, width())) : write,
      isRead,
      colors: createColors(isTerminal && !noColor),
      interactive: isTerminal && !ci && !isDumb,
      width,
      height: () => streams[name].rows || 24,
    };
  };
  const canAsk = terminals.stdin && terminals.stderr && !ci;
  const notes = open('stderr');
  return {
    result: open('stdout'),
    notes,
    ask: canAsk
      ? (question) => askOn(streams.stdin, streams.stderr, `${folded(question, notes.width() - 1)} `)
      : undefined,
    written: async () => void (await Promise.all([writers.stdout.written(), writers.stderr.written()])),
  };
}

/** Whatever is said where no answer was given begins a line of its own. */
async function askOn(stdin: NodeJS.ReadStream, stderr: Output, question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  const interrupted = new Promise<never>((_, reject) => {
    lines.once('SIGINT', () => reject(new Interrupted('SIGINT', 'nothing was changed')));
  });
  try {
    return (await Promise.race([lines.question(question), interrupted])).trim();
  } catch (error) {
    stderr.write('\n');
    // Ctrl-D: there will be no answer.
    if ((error as Error).name === 'AbortError') return '';
    throw error;
  } finally {
    lines.close();
  }
}
