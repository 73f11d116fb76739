/** The life of a program in a task: start, wait for the end, stop, exit. */
import { type EndReason, ended } from './end.ts';

/**
 * Runs `start`, and what it returns once the program has to end. An end that comes while `start` is still busy, as when
 * there is no certificate to be had, ends the program at once.
 * @param name for stderr, when `start` fails; the exit code is 1 then
 * @param start may end the program by its own decision: it calls what it is given
 */
export async function runProgram(
  name: string,
  start: (end: () => void) => Promise<(reason: EndReason) => Promise<void>>,
): Promise<never> {
  try {
    let stop: ((reason: EndReason) => Promise<void>) | undefined;
    let decide = () => {};
    const decision = new Promise<EndReason>((resolve) => {
      decide = () => resolve('own decision');
    });
    const end = Promise.race([ended(), decision]);
    const started = Promise.resolve().then(() => start(decide));
    const whole = started.then(async (made) => {
      stop = made;
      return end;
    });
    const reason = await Promise.race([end, whole]);
    await stop?.(reason);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
