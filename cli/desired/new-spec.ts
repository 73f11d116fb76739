/** Edits that say what a whole spec shall be: what a rival wrote meanwhile stays, unless both changed the same field. */
import type { ClusterInput } from '../../config-schema/documents.ts';
import { Failure } from '../failure.ts';
import { Clash, merge } from './merge.ts';

type Spec = ClusterInput['spec'];

/**
 * For `writeCluster`: sets the spec. Called again on a rival's document, it merges.
 * @param base the spec that the edit was made on; undefined: the one that is there at the first call
 */
export function newSpec(cluster: string, spec: unknown, base?: { spec: unknown }): (document: ClusterInput) => void {
  let from = base;
  return (document) => {
    const theirs = document.spec ?? {};
    from ??= { spec: theirs };
    try {
      document.spec = merge(from.spec, spec, theirs) as Spec;
    } catch (error) {
      throw error instanceof Clash ? rival(cluster, error) : error;
    }
  };
}

/** A lost race, with what each of the two wanted. */
export function rival(cluster: string, { path, mine, theirs }: Clash): Failure {
  const shown = (value: unknown) => (value === undefined ? 'removed' : JSON.stringify(value));
  return new Failure(
    'conflict',
    `somebody else changed spec.${path} of ${cluster} at the same time; nothing was written`,
    {
      details: [`yours: ${shown(mine)}`, `theirs: ${shown(theirs)}`],
      next: `bbf history --cluster=${cluster}, then the same again if you still want it`,
    },
  );
}
