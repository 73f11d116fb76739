/** Writes released images into a cluster's document, and leaves alone those that its author brought. */
import type { ClusterInput, Spec } from '../../config-schema/documents.ts';

type Engine = Partial<Record<keyof Spec['engine'], string>>;

/** Fields that name an image which is not of our repository for them; a worker's image of one's own is usual. */
export function broughtAlong(engine: Engine, repositories: ReadonlyMap<string, string>): Set<keyof Engine> {
  const fields = Object.entries(engine) as [keyof Engine, string][];
  return new Set(
    fields.filter(([field, image]) => repositoryOf(image) !== repositories.get(field)).map(([field]) => field),
  );
}

/** Without tag and digest. */
const repositoryOf = (image: string): string => (image.split('@')[0] ?? '').replace(/:[^:/]*$/, '');

/** @param released image by its field */
export function engineChange(released: ReadonlyMap<keyof Engine, string>, repositories: ReadonlyMap<string, string>) {
  return (document: ClusterInput): void => {
    const spec = (document.spec ?? {}) as { engine?: Engine };
    const engine = { ...spec.engine };
    const kept = broughtAlong(engine, repositories);
    for (const [field, image] of released) if (!kept.has(field)) engine[field] = image;
    document.spec = { ...spec, engine } as ClusterInput['spec'];
  };
}
