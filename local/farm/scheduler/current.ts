/** What workers run, for the activity report: the longest first, as much as the report has room for. */
import type { ActivityWorker } from '../../../config-schema/documents.ts';
import type { WorkerState } from './job.ts';

type Current = NonNullable<ActivityWorker['current']>;

/** Of one worker: enough to see what it is busy with. */
const ACTIONS_MAX = 4;
/** Of one action: a kind and a target of some folders' depth. */
const WHAT_CHARACTERS_MAX = 120;
/** Of all workers together: the 4 Mi that readers take (config-schema/parse.ts), less the 150 for each of 20,000 workers. */
const CHARACTERS_MAX = 1024 * 1024;
/** The field's name, and what stands around it. */
const FIELD_CHARACTERS = 12;

function currentOf(worker: WorkerState<unknown, unknown>): Current {
  const running = [...worker.jobs.values()].flatMap(({ what, startedAt, worker: owner, state }) =>
    what !== undefined && startedAt !== null && state === 'running' && owner === worker.report.name
      ? [{ what, startedAt }]
      : [],
  );
  running.sort((one, other) => one.startedAt - other.startedAt);
  return running.slice(0, ACTIONS_MAX).map(({ what, startedAt }) => ({
    what: what.length > WHAT_CHARACTERS_MAX ? `${what.slice(0, WHAT_CHARACTERS_MAX - 1)}…` : what,
    since: new Date(startedAt).toISOString(),
  }));
}

/** Answers undefined for workers that run nothing of which anybody knows what it is, and for all once the room is used up. */
export function currentWithin(
  charactersMax = CHARACTERS_MAX,
): (worker: WorkerState<unknown, unknown>) => Current | undefined {
  let left = charactersMax;
  return (worker) => {
    const current = currentOf(worker);
    if (current.length === 0) return undefined;
    left -= JSON.stringify(current).length + FIELD_CHARACTERS;
    return left < 0 ? undefined : current;
  };
}
