/** What a pass would do now, or after an edit: the reconciler's own reading and its own decision, and no act. */
import { clusterKey, clusterPrefix } from '../../config-schema/keys.ts';
import { decide } from '../../reconciler/core/decide.ts';
import type { Observation } from '../../reconciler/core/observation.ts';
import type { Plan } from '../../reconciler/core/plan.ts';
import { observe } from '../../reconciler/observe.ts';
import type { Ports, Settings } from '../../reconciler/ports.ts';
import { withDocument } from './other-document.ts';

export interface Foreseen {
  observation: Observation;
  plan: Plan;
}

/** @param edit text that `cluster.json` would have; it decides what is read as well, e.g. the service of a new pool */
export async function foresee(ports: Ports, settings: Settings, cluster: string, edit?: string): Promise<Foreseen> {
  const documents =
    edit === undefined ? ports.documents : withDocument(ports.documents, clusterKey(cluster), edit, ports.time.now());
  const entries = await documents.list(clusterPrefix(cluster));
  const observation = await observe({ ...ports, documents }, settings, cluster, entries);
  return { observation, plan: decide(observation) };
}

/** What AWS would not let us read, each with its error: a decision without it is not the reconciler's. */
export function unread({ document, leases, services, inventory, stacks, activity }: Observation): string[] {
  // An activity.json that is no report is none for the reconciler either; only AWS's errors carry a name.
  const refused = !activity.known && /^[A-Z]\w+: /.test(activity.error);
  const reads = [
    { what: 'leases', read: leases },
    ...(refused ? [{ what: 'activity.json', read: activity }] : []),
    { what: 'ECS services', read: services },
    ...(inventory === null ? [] : [{ what: 'the list of stacks', read: inventory }]),
    ...Object.entries(stacks).map(([name, read]) => ({ what: `stack ${name}`, read })),
  ];
  const failed = reads.flatMap(({ what, read }) => (read.known ? [] : [`${what}: ${read.error}`]));
  return document.state === 'unreadable' ? [`cluster.json: ${document.error}`, ...failed] : failed;
}
