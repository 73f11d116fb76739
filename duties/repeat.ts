/** Runs something again and again, one at a time; a failure is logged, and only when it is news. */
import type { Log } from './log.ts';

export interface Repeated {
  stop(): void;
}

export function repeat(what: string, everyMs: number, log: Log, run: () => Promise<void>): Repeated {
  let stopped = false;
  let lastFailure: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const round = async () => {
    try {
      await run();
      if (lastFailure !== undefined) log(`${what} works again`, {});
      lastFailure = undefined;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (failure !== lastFailure) log(`${what} failed`, { error: failure });
      lastFailure = failure;
    }
    if (!stopped) timer = setTimeout(round, everyMs);
  };
  void round();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
