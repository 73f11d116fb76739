/** Steps of the person who edits the cluster's document while others build. */
import type { Cluster } from '../../../config-schema/documents.ts';
import { clusterKey } from '../../../config-schema/keys.ts';
import { put } from './bucket.ts';
import { clusterText } from './ground.ts';
import type { Edit, Scenario } from './scenario.ts';
import { CLUSTER, type State, type Texts } from './state.ts';
import type { Step } from './step.ts';

const TEXTS: Record<Edit, string> = {
  suspend: clusterText(1, { suspend: true }),
  resume: clusterText(1),
  'want two workers': clusterText(2),
};

/** Nobody else writes the document, so an edit's read and its conditional write are one step. */
export function editSteps({ edits }: Scenario, texts: Texts, state: State): Step[] {
  const edit = edits[state.edits];
  if (edit === undefined) return [];
  const next = () => ({ ...put(state, clusterKey(CLUSTER), texts.number(TEXTS[edit])), edits: state.edits + 1 });
  return [{ name: `somebody edits: ${edit}`, next, violation: null }];
}

export const isSuspended = (document: string | null): boolean =>
  document !== null && (JSON.parse(document) as Cluster).spec.suspend === true;
