/** Writes to a standard stream past the object that Node has for it, whose making takes longer than all else that a short command does. */
import { writeSync } from 'node:fs';

type Output = NodeJS.WritableStream;

/**
 * @param descriptor 1 or 2
 * @param stream Node's own; from the first write on that does not succeed at once, it does the writing
 */
export function directWriter(descriptor: number, stream: () => Output): (text: string) => void {
  let slow: Output | undefined;
  return (text) => {
    if (slow !== undefined) return void slow.write(text);
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } catch {
      slow = tolerant(stream());
      slow.write(bytes.subarray(written));
    }
  };
}

/** A reader that went away, e.g. `bbf status | head -1`, is no failure. */
function tolerant(output: Output): Output {
  return output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
