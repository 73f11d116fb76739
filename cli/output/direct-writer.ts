/** Writes to a standard stream past the object that Node has for it, whose making takes longer than all else that a short command does. */
import { writeSync } from 'node:fs';
import { Failure } from '../failure.ts';

type Output = NodeJS.WritableStream;

interface DirectWriter {
  /** @throws Failure (system) where a result can't be written, e.g. into a file on a full disk */
  write(text: string): void;
  /** False once a write has shown that whoever read it is gone, e.g. of `bbf status | head -1`, which is no failure. */
  isRead(): boolean;
  /** Resolves when all that was written is out of this process, or nobody reads it any more. */
  written(): Promise<void>;
}

const STDERR = 2;
/** Node's own stream would be told the same. */
const FINAL = ['EPIPE', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

/**
 * @param descriptor 1 or 2
 * @param stream Node's own; from the first write on that would have to wait, it does the writing
 */
export function directWriter(descriptor: number, stream: () => Output): DirectWriter {
  let slow: Output | undefined;
  let isRead = true;
  const failed = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') isRead = false;
    else if (descriptor !== STDERR)
      throw new Failure('system', `the result can't be written: ${error.message}`, {
        next: 'make room, or write it elsewhere',
      });
  };
  const write = (text: string) => {
    if (slow !== undefined) return void slow.write(text);
    if (!isRead) return;
    const bytes = Buffer.from(text);
    let length = 0;
    try {
      while (length < bytes.length) length += writeSync(descriptor, bytes, length);
    } catch (error) {
      const refusal = error as NodeJS.ErrnoException;
      if (FINAL.includes(refusal.code ?? '')) return failed(refusal);
      slow = stream().on('error', failed);
      slow.write(bytes.subarray(length));
    }
  };
  // A stream calls back in order, and with the error where it has ended.
  const written = () => new Promise<void>((resolve) => (slow ? slow.write('', () => resolve()) : resolve()));
  return { write, isRead: () => isRead, written };
}
