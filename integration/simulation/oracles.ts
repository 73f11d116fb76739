/** The oracles of every run. */
import type { Oracle, Violation } from './history.ts';

/** An invocation may fail when its calls do; by itself it must not. */
const noCrash: Oracle = {
  id: 'HANDLER',
  promise: 'The handler fails only when a call of its own failed, or AWS refused one.',
  when: 'step',
  check(world, history): Violation[] {
    const seen = (history.memory.get('HANDLER') as number | undefined) ?? 0;
    const ended = history.invocations.slice(seen);
    const open = ended.findIndex(({ outcome }) => outcome === undefined);
    history.memory.set('HANDLER', open < 0 ? history.invocations.length : seen + open);
    return ended
      .slice(0, open < 0 ? undefined : open)
      .filter(
        ({ outcome, error = '' }) =>
          outcome === 'failed' && /^(Type|Range|Reference|Syntax)Error|^Error: (?!.*aborted)/.test(error),
      )
      .map(({ number, error }) => ({
        oracle: 'HANDLER',
        at: world.now(),
        message: `invocation ${number} failed: ${error}`,
      }));
  },
};

const settles: Oracle = {
  id: 'L1',
  promise: 'Some time after the last fault the cluster is as its document says, or Stalled says why not.',
  when: 'end',
  check(world): Violation[] {
    const settled = world.history.memory.get('settled') === true;
    if (settled) return [];
    const status = world.status();
    const words = status?.conditions.map(({ type, status: state, reason }) => `${type}=${state}:${reason}`).join(' ');
    return [{ oracle: 'L1', at: world.now(), message: `it has not come to rest: ${words ?? 'there is no status'}` }];
  },
};

export const ORACLES: readonly Oracle[] = [noCrash, settles];
