/** Writes to a standard stream past the object that Node has for it, whose making takes longer than all else that a short command does. */
import { writeSync } from 'node:fs';

type Output = NodeJS.WritableStream;

interface DirectWriter {
  write(text: string): void;
  /** Resolves when all that was written is out of this process, or nobody reads it any more. */
  written(): Promise<void>;
}

/**
 * @param descriptor 1 or 2
 * @param stream Node's own; from the first write on that does not succeed at once, it does the writing
 */
export function directWriter(descriptor: number, stream: () => Output): DirectWriter {
  let slow: Output | undefined;
  const write = (text: string) => {
    if (slow !== undefined) return void slow.write(text);
    const bytes = Buffer.from(text);
    let length = 0;
    try {
      while (length < bytes.length) length += writeSync(descriptor, bytes, length);
    } catch {
      slow = tolerant(stream());
      slow.write(bytes.subarray(length));
    }
  };
  // A stream calls back in order, and with the error where it has ended.
  const written = () => new Promise<void>((resolve) => (slow ? slow.write('', () => resolve()) : resolve()));
  return { write, written };
}

/** A reader that went away, e.g. `bbf status | head -1`, is no failure. */
function tolerant(output: Output): Output {
  return output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
