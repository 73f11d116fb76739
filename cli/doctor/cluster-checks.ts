/** Checks of each cluster: the reconciler shows life, has seen the newest revision, and needs nobody. */
import { CLUSTERS_PREFIX, clusterKey, clusterOfKey } from '../../config-schema/keys.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { documentFacts } from '../explain/document-facts.ts';
import { condition } from '../explain/finding.ts';
import { FAST_SCHEDULE_MS, SLOW_SCHEDULE_MS, silenceLimitMs } from '../explain/silence.ts';
import { elapsed } from '../output/elapsed.ts';
import { type Check, type ClusterFacts, type Examination, fact, failed, type Outcome, ok, warning } from './check.ts';

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
    const names = [...new Set(listed.flatMap(({ key }) => clusterOfKey(key) ?? []))].sort();
    const clusters = await Promise.all(names.map((name) => read(examination, name)));
    examination.facts.clusters = clusters.filter(({ document, status }) => document !== null || status !== null);
    const now = examination.program.now();
    if (clusters.length === 0) return ok('there is no cluster yet');
    return clusters.map((cluster) => heartbeat(cluster, now));
  },
};

async function read(examination: Examination, name: string): Promise<ClusterFacts> {
  const { documents } = fact(examination, 'installation');
  const [document, status] = await Promise.all([documents.read(clusterKey(name)), statusReader(documents, name)()]);
  return { name, status, document: typeof document === 'object' ? documentFacts(document) : null };
}

const READ_LOG = 'the reconciler’s log, aws logs tail /aws/lambda/INSTALLATION--reconciler; and the checks below';

function heartbeat({ name, document, status }: ClusterFacts, now: number): Outcome {
  if (status === null && document?.tombstone != null) return ok('deleted, but for its document', name);
  if (status === null) {
    const age = now - (document?.modifiedAt ?? now);
    const seen = `not looked at yet, ${elapsed(age)} after it was written`;
    if (age < EVENT_PATIENCE_MS) return ok(seen, name);
    return age < SLOW_SCHEDULE_MS + EVENT_PATIENCE_MS
      ? warning(`${seen}: its event was lost, the schedule is next`, READ_LOG, name)
      : failed(seen, READ_LOG, name);
  }
  const age = now - Date.parse(status.heartbeatAt);
  const period = elapsed(status.awake ? FAST_SCHEDULE_MS : SLOW_SCHEDULE_MS);
  const seen = `last word ${elapsed(age)} ago by bbf ${status.version}`;
  if (age > silenceLimitMs(status.awake)) return failed(`${seen}, and it looks every ${period}`, READ_LOG, name);
  const unseen = unseenSince({ name, document, status }, now);
  if (unseen === null || unseen < EVENT_PATIENCE_MS) return ok(seen, name);
  return warning(`${seen}; a revision of ${elapsed(unseen)} ago has not been looked at`, READ_LOG, name);
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
  why: 'what is stalled stays as it is until somebody does something about it',
  needs: ['clusters'],
  async run(examination) {
    const clusters = fact(examination, 'clusters');
    const stalled = clusters.flatMap(({ name, status }): Outcome[] => {
      const one = status === null ? undefined : condition(status, 'Stalled');
      if (one?.status !== 'True') return [];
      return [warning(`${one.reason}: ${one.message}`, `bbf explain --cluster=${name}`, name)];
    });
    const none = clusters.length === 0 ? 'there is no cluster yet' : `${clusters.length} looked at, none is stalled`;
    return stalled.length > 0 ? stalled : ok(none);
  },
};
