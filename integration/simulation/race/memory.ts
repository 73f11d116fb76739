/**
 * What an invocation of a single look still remembers, where it remembers less than all the answers that it has had. Two places of one
 * invocation with the same word here go on alike, whatever led there: they are one place, which makes a state of ten. Each rule
 * is a property of reconciler/ that has its reason there, and is not believed: witnesses are run beside what stands for them.
 */
import { activityKey, clusterPrefix, lockKey, statusKey } from '../../../config-schema/keys.ts';
import type { Entry } from '../../../reconciler/ports.ts';
import type { Invocation } from '../../../reconciler/reconcile.ts';
import type { Answer, Call } from './run.ts';
import { CLUSTER } from './state.ts';

interface Place {
  readonly id: number;
  readonly calls: readonly Call[];
  /** It has asked for the lock, so it has begun anew. */
  readonly anew: boolean;
}

/** Null: everything. */
export function memoryOf(root: Invocation, from: Place, to: Place): string | null {
  const [call, ...more] = to.calls;
  if (!isOfOneLook(root) || call === undefined || more.length > 0) return null;
  if (isBeginningAnew(call) || isLastWord(call)) return JSON.stringify([root.id, call]);
  // The look before something is taken away has found nothing against it, and is not needed again.
  return call.do === 'count' && isListing(from) ? JSON.stringify([root.id, call, from.id]) : null;
}

/** Of the answers to what is asked at this place, all that makes a difference; null: all of it. */
export function differenceOf(root: Invocation, at: Place, answers: readonly Answer[]): string | null {
  if (!isOfOneLook(root)) return null;
  if (isListing(at)) return JSON.stringify(groundOf(answers[0] as Entry[], at.anew));
  return null;
}

/** One that stays to look again remembers when, and what was there. */
const isOfOneLook = ({ deadline }: Invocation) => deadline === 0;

const isListing = ({ calls: [call] }: Place) => call?.do === 'list' && call.prefix === clusterPrefix(CLUSTER);

/** Under the lock a pass begins anew (decision 9), and without it, it ends. */
const isBeginningAnew = (call: Call) => call.do === 'write' && call.key === lockKey(CLUSTER);

/** What is to be said is decided, and after it nothing is left but to give the lock back. */
const isLastWord = (call: Call) =>
  (call.do === 'write' && call.key === statusKey(CLUSTER)) || (call.do === 'remove' && call.key === lockKey(CLUSTER));

/**
 * What of a listing makes a difference. Nobody compares the lock's entry or the activity's; those of the others are
 * compared before something is done or said, which is under the lock alone.
 */
function groundOf(entries: readonly Entry[], anew: boolean) {
  return entries
    .filter(({ key }) => key !== lockKey(CLUSTER))
    .map(({ key, etag, modifiedAt }) => [key, modifiedAt, anew && key !== activityKey(CLUSTER) ? etag : null]);
}
