/** Looks again and again, for as long as somebody reads what is shown: `--watch` and `--follow`. */
import type { Program } from './command.ts';
import { failsWith } from './failure.ts';
import { abortable, interruptible } from './interrupt.ts';
import { folded } from './output/fold.ts';

/**
 * Ends with Ctrl-C, also while AWS is silent, with whoever reads, or once `each` says so. An answer that does not come is no end, unless it is the first.
 * @param each shows what was seen; true: it was the last
 * @param unanswered shows what was seen before with the time that passes, and this below it; without it, it is said once
 */
export function watching<T>(
  look: () => Promise<T>,
  each: (seen: T) => Promise<boolean>,
  pauseMs: number,
  program: Program,
  unanswered?: (why: string) => void,
): Promise<number> {
  const { result, notes } = program.terminal;
  let wasAnswered = false;
  let isSilent = false;
  const answered = async (seen: T): Promise<boolean> => {
    [wasAnswered, isSilent] = [true, false];
    return each(seen);
  };
  const silent = (error: unknown): boolean => {
    if (!wasAnswered || !failsWith(error, 'unavailable')) throw error;
    const why = `bbf: ${error.message}; looking again\n`;
    if (unanswered !== undefined) unanswered(folded(why, result.width() - 1));
    else if (!isSilent) notes.write(why);
    isSilent = true;
    return false;
  };
  return interruptible(async (signal) => {
    while (result.isRead()) {
      const isLast = await abortable(look(), signal).then(answered).catch(silent);
      if (isLast) return 0;
      await program.sleep(pauseMs, signal);
    }
    return 0;
  }, null);
}
