/**
 * Which steps are independent: in either order they lead to the same state, and neither makes the other possible or impossible. Two
 * steps are, unless one writes a thing that the other reads or writes. The oracle (`broken` in race.ts) reads `promises` and `tasks`;
 * so that it sees the same in either order, whoever writes one of them is taken to write the other too.
 */
import { activityKey, clusterKey, leasesPrefix, lockKey, statusKey } from '../../../config-schema/keys.ts';
import type { Call } from './run.ts';
import { CLUSTER, type ClientState, type State } from './state.ts';

/** Objects of the bucket; counts and tasks of ECS; what workers, their server and queued actions are doing; what clients were promised. */
type Thing = 'document' | 'status' | 'lock' | 'leases' | 'activity' | 'tasks' | 'farm' | 'promises';

export interface Touch {
  reads: readonly Thing[];
  writes: readonly Thing[];
}

const NOTHING: Touch = { reads: [], writes: [] };
const WATCHED: readonly Thing[] = ['promises', 'tasks'];
const BUCKET: readonly Thing[] = ['document', 'status', 'lock', 'leases', 'activity'];

export const areIndependent = (a: Touch, b: Touch) => !isHitBy(a, b) && !isHitBy(b, a);

const isHitBy = ({ reads, writes }: Touch, other: Touch) =>
  other.writes.some((thing) => reads.includes(thing) || writes.includes(thing));

function thingOf(key: string): Thing {
  if (key === lockKey(CLUSTER)) return 'lock';
  if (key === statusKey(CLUSTER)) return 'status';
  if (key === activityKey(CLUSTER)) return 'activity';
  if (key === clusterKey(CLUSTER)) return 'document';
  if (key.startsWith(leasesPrefix(CLUSTER))) return 'leases';
  throw new Error(`nobody is known to touch ${key}`);
}

export function touchOf(call: Call): Touch {
  switch (call.do) {
    case 'now':
    case 'wait':
      return NOTHING;
    case 'list':
      return { reads: call.prefix === lockKey(CLUSTER) ? ['lock'] : BUCKET, writes: [] };
    case 'read':
      return { reads: [thingOf(call.key)], writes: [] };
    case 'write':
    case 'remove':
      return { reads: [], writes: [thingOf(call.key)] };
    case 'describe':
      return { reads: ['tasks'], writes: [] };
    case 'count':
      return { reads: [], writes: WATCHED };
  }
}

/** All that an invocation may yet do. One of a single look that writes status, or gives its lock back, has nothing else before it. */
export function futureOf(calls: readonly Call[], isSingleLook: boolean): Touch {
  const [call] = calls;
  const isGivingBack = call?.do === 'remove' && call.key === lockKey(CLUSTER);
  if (isSingleLook && isGivingBack) return { reads: [], writes: ['lock'] };
  const isLastWord = call?.do === 'write' && call.key === statusKey(CLUSTER);
  if (isSingleLook && isLastWord) return { reads: [], writes: ['status', 'lock'] };
  return { reads: [...BUCKET, 'tasks'], writes: ['status', 'lock', ...WATCHED] };
}

export const futureOfNone: Touch = NOTHING;

export const futureOfEditor: Touch = { reads: ['document'], writes: ['document'] };

export function futureOfClient({ phase }: ClientState): Touch {
  const isOver = phase === 'released' || phase === 'failed' || phase === 'dead';
  if (isOver) return NOTHING;
  return { reads: ['status', 'tasks'], writes: ['leases', 'farm', 'promises'] };
}

/** Of the farm and of ECS, which starts and stops tasks as long as there are not as many as are wanted. */
export function futureOfFarm({ server, pool, workers }: State): Touch {
  const isAsWanted = pool.desired === workers.length && (server.desired === 1) === (server.startedAt !== null);
  const tasks = isAsWanted ? [] : WATCHED;
  return { reads: ['status', 'tasks'], writes: ['activity', 'farm', ...tasks] };
}
