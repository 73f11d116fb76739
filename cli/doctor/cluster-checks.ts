/** Checks of each cluster: the reconciler shows life, has seen the newest revision, and needs nobody. */
import type { Condition, Status } from '../../config-schema/documents.ts';
import { CLUSTERS_PREFIX, clusterKey } from '../../config-schema/keys.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { clustersIn } from '../context/cluster.ts';
import { documentFacts } from '../explain/document-facts.ts';
import { condition } from '../explain/finding.ts';
import { FAST_SCHEDULE_MS, SLOW_SCHEDULE_MS, silenceLimitMs } from '../explain/silence.ts';
import { elapsed } from '../output/elapsed.ts';
import { type Check, type ClusterFacts, type Examination, fact, failed, type Outcome, ok, warning } from './check.ts';
import { thrown } from './examine.ts';
import { readLog } from './remedies.ts';

/** An event takes seconds to arrive; what has not been seen after this long waits for a schedule. */
const EVENT_PATIENCE_MS = 60_000;

export const heartbeatCheck: Check = {
  id: 'heartbeat',
  title: 'the reconciler looks at each cluster',
  why: 'a cluster that nobody looks at neither wakes, nor shrinks, nor sleeps',
  needs: ['bucket'],
  async run(examination) {
    const { documents } = fact(examination, 'installation');
    const listed = await documents.list(CLUSTERS_PREFIX);
    const looks = await Promise.all(clustersIn(listed).map((name) => look(examination, name)));
    examination.facts.clusters = looks.map(({ cluster }) => cluster);
    return looks.length === 0 ? ok('there is no cluster yet') : looks.map(({ outcome }) => outcome);
  },
};

interface Look {
  cluster: ClusterFacts;
  outcome: Outcome;
}

/** What is wrong with one cluster's documents says nothing of the others. */
async function look(examination: Examination, name: string): Promise<Look> {
  const { documents } = fact(examination, 'installation');
  try {
    const [document, status] = await Promise.all([documents.read(clusterKey(name)), statusReader(documents, name)()]);
    const cluster = { name, status, document: document === undefined ? null : documentFacts(document) };
    return { cluster, outcome: heartbeat(cluster, examination.program.now(), readLog(examination)) };
  } catch (error) {
    return { cluster: { name, status: null, document: null }, outcome: { ...thrown(error), about: name } };
  }
}

function heartbeat({ name, document, status }: ClusterFacts, now: number, next: string): Outcome {
  if (status === null && document?.tombstone != null) return ok('deleted, but for its document', name);
  if (status === null) {
    const age = now - (document?.modifiedAt ?? now);
    const seen = `not looked at yet, ${elapsed(age)} after it was written`;
    if (age < EVENT_PATIENCE_MS) return ok(seen, name);
    return age < SLOW_SCHEDULE_MS + EVENT_PATIENCE_MS
      ? warning(`${seen}: its event was lost, the schedule is next`, next, name)
      : failed(seen, next, name);
  }
  const age = now - Date.parse(status.heartbeatAt);
  const period = elapsed(status.awake ? FAST_SCHEDULE_MS : SLOW_SCHEDULE_MS);
  const seen = `last word ${elapsed(age)} ago by bbf ${status.version}`;
  if (age > silenceLimitMs(status.awake)) return failed(`${seen}, and it looks every ${period}`, next, name);
  const unseen = unseenSince({ name, document, status }, now);
  if (unseen === null || unseen < EVENT_PATIENCE_MS) return ok(seen, name);
  return warning(`${seen}; a revision of ${elapsed(unseen)} ago has not been looked at`, next, name);
}

/** How long the newest revision has waited to be seen; null: it has been. */
function unseenSince({ document, status }: ClusterFacts, now: number): number | null {
  const seen = status?.conditions[0]?.observedRevision ?? null;
  if (document === null || document.revision === null || document.revision === seen) return null;
  return now - document.modifiedAt;
}

export const stalledCheck: Check = {
  id: 'clusters',
  title: 'no cluster needs a person',
  why: 'what is stalled, or not in force, stays so until somebody does something about it',
  needs: ['clusters'],
  async run(examination) {
    const clusters = fact(examination, 'clusters');
    const stalled = clusters.flatMap(({ name, status }): Outcome[] => {
      const one = status === null ? undefined : needy(status);
      return one ? [warning(`${one.reason}: ${one.message}`, `bbf explain --cluster=${name}`, name)] : [];
    });
    const none = clusters.length === 0 ? 'there is no cluster yet' : `${clusters.length} looked at, none is stalled`;
    return stalled.length > 0 ? stalled : ok(none);
  },
};

/** A revision that is refused, or gone, stalls nothing: the one before it stays in force until somebody sees to it. */
function needy(status: Status): Condition | undefined {
  const [stalled, accepted] = [condition(status, 'Stalled'), condition(status, 'Accepted')];
  if (stalled?.status === 'True') return stalled;
  return accepted !== undefined && accepted.status !== 'True' ? accepted : undefined;
}
