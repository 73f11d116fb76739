/** The pools of a cluster's document, read with their defaults but without the full check, which costs more than a build wants to wait. */
import { poolSchema } from '../../config-schema/cluster.schema.ts';
import type { Pool } from '../../config-schema/documents.ts';
import { readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';
import { deletionFailure, isDeleting } from './tombstone.ts';

interface Document {
  spec?: { pools?: Record<string, Partial<Pool>> };
}

/** @throws Failure (invalidDocument) for a document that is not even JSON */
export const poolsOf = (cluster: string, text: string): Record<string, Pool> => poolsIn(documentOf(cluster, text));

/** Of a cluster that something is to begin on. @throws Failure where it is not there, or is being deleted */
export async function claimablePools(installation: Installation, cluster: string): Promise<Record<string, Pool>> {
  const { text } = await readCluster(installation, cluster);
  const document = documentOf(cluster, text);
  // A tombstone of another cluster deletes nothing.
  if (isDeleting(document, null)) throw await deletionFailure(installation, cluster);
  return poolsIn(document);
}

function documentOf(cluster: string, text: string): Document | null {
  try {
    return JSON.parse(text) as Document | null;
  } catch (error) {
    throw new Failure('invalidDocument', `the document of ${cluster} is not JSON: ${(error as Error).message}`, {
      next: `bbf status --cluster=${cluster}`,
    });
  }
}

function poolsIn(document: Document | null): Record<string, Pool> {
  const pools = document?.spec?.pools ?? { default: {} };
  return Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, { ...poolDefaults, ...pool }]));
}

const poolDefaults = Object.fromEntries(
  Object.entries(poolSchema.properties).map(([name, property]) => [name, property.default]),
) as unknown as Pool;

/** What actions ask for: a pool that was named is meant, also where another one could run them. @param named what was typed, if anything */
export const askedPlatform = (platform: Pool['platform'], named: string | undefined): Record<string, string> =>
  named === undefined ? platform : { ...platform, Pool: named };

/** The named pool; without a name the one called default, or the only one. @throws Failure (notFound or usage) */
export function choosePool(cluster: string, pools: Record<string, unknown>, named: string | undefined): string {
  const names = Object.keys(pools);
  if (named !== undefined) {
    if (names.includes(named)) return named;
    throw new Failure('notFound', `cluster ${cluster} has no pool ${named}${suggestion(named, names)}`, {
      next: `bbf status --cluster=${cluster}`,
    });
  }
  const [only, ...others] = names;
  if (names.includes('default')) return 'default';
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined)
    throw new Failure('notFound', `cluster ${cluster} has no pool`, {
      next: `bbf edit --cluster=${cluster}, and add one to spec.pools`,
    });
  throw new Failure('usage', `cluster ${cluster} has ${names.length} pools, and none is called default`, {
    next: `--pool=${names.join(' or --pool=')}`,
  });
}
