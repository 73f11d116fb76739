/** Looks again and again, for as long as somebody reads what is shown: `--watch` and `--follow`. */
import type { Program } from './command.ts';
import { failsWith } from './failure.ts';
import { abortable, interruptible } from './interrupt.ts';

/**
 * Ends with Ctrl-C, also while AWS is silent, with whoever reads, or once `each` says so. An answer that does not come is no end, unless it is the first.
 * @param each shows what was seen; true: it was the last
 */
export function watching<T>(
  look: () => Promise<T>,
  each: (seen: T) => Promise<boolean>,
  pauseMs: number,
  program: Program,
): Promise<number> {
  let wasAnswered = false;
  let isSilent = false;
  const answered = async (seen: T): Promise<boolean> => {
    [wasAnswered, isSilent] = [true, false];
    return each(seen);
  };
  const unanswered = (error: unknown): boolean => {
    if (!wasAnswered || !failsWith(error, 'unavailable')) throw error;
    if (!isSilent) program.terminal.notes.write(`bbf: ${error.message}; looking again\n`);
    isSilent = true;
    return false;
  };
  return interruptible(async (signal) => {
    while (program.terminal.result.isRead()) {
      const isLast = await abortable(look(), signal).then(answered).catch(unanswered);
      if (isLast) return 0;
      await program.sleep(pauseMs, signal);
    }
    return 0;
  }, null);
}
