/** The oracle of the handler itself: it fails only when a call of its own did. */
import type { Oracle, Violation } from './history.ts';
import { ORACLES } from './oracles/oracles.ts';

const MISTAKE = /^(Type|Range|Reference|Syntax)Error|^Error: (?!.*aborted)/;

const handlerHoldsUp: Oracle = {
  id: 'HANDLER',
  promise: 'The handler fails only when a call of its own failed, or AWS refused one.',
  when: 'step',
  check(world, history): Violation[] {
    const seen = (history.memory.get('HANDLER') as number | undefined) ?? 0;
    if (seen === history.invocations.length) return [];
    const rest = history.invocations.slice(seen);
    const open = rest.findIndex(({ outcome }) => outcome === undefined);
    const ended = open < 0 ? rest : rest.slice(0, open);
    history.memory.set('HANDLER', seen + ended.length);
    return ended
      .filter(({ outcome, error = '' }) => outcome === 'failed' && MISTAKE.test(error))
      .map(({ number, error }) => ({
        oracle: 'HANDLER',
        at: world.now() - world.begunAt,
        message: `invocation ${number} failed: ${error}`,
      }));
  },
};

/** What every run of the swarm is asked. */
export const EVERY_ORACLE: readonly Oracle[] = [handlerHoldsUp, ...ORACLES];
