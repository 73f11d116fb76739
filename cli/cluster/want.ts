/** `bbf want`: how many workers a pool has. */

import { poolSchema } from '../../config-schema/cluster.schema.ts';
import type { ClusterInput, Pool } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Clash } from '../desired/merge.ts';
import { rival } from '../desired/new-spec.ts';
import { tellOutcome } from '../desired/outcome.ts';
import { Failure } from '../failure.ts';
import { countFlag } from '../quantities.ts';
import { reasonOf } from '../reason.ts';
import { waitChoice } from '../wait-choice.ts';
import { choosePool } from './pools.ts';
import { deletionFailure, isDeleting } from './tombstone.ts';
import { tooManyWorkers, typed } from './too-many-workers.ts';
import { writeCluster } from './write-cluster.ts';

interface Wish {
  workers: number | undefined;
  workersMax: number | undefined;
}

export async function want(call: Call, program: Program): Promise<number> {
  if (call.text('for') !== undefined) return (await import('../desired/want-for.ts')).wantFor(call, program);
  const wish = { workers: countFlag(call, 'workers'), workersMax: countFlag(call, 'max') };
  const wait = waitChoice(call);
  if (wish.workers === undefined && wish.workersMax === undefined)
    throw new Failure('usage', 'bbf want needs a number of workers', { next: 'bbf want --workers=3' });
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'), wait);
  const line = ['bbf want', ...typed(call, 'workers', 'max', 'pool', 'cluster')].join(' ');
  const reason = reasonOf(call, line);
  const change = poolChange(cluster, call, wish);
  const written = await writeCluster({ installation, cluster, reason, change }, program).catch(
    async (error: unknown) => {
      throw error instanceof Deleting ? await deletionFailure(installation, cluster) : error;
    },
  );
  const unchanged = `${cluster} wanted that already; written again, which wakes it`;
  await tellOutcome({ installation, cluster, written, wait, unchanged }, program);
  return 0;
}

class Deleting extends Error {}

type EditedPool = Partial<Pick<Pool, 'workers' | 'workersMax'>>;

/** The change means the same on a rival's document as long as the rival left alone the numbers that it sets. */
function poolChange(cluster: string, call: Call, wish: Wish): (document: ClusterInput) => void {
  let first: EditedPool | undefined;
  return (document) => {
    if (isDeleting(document, null)) throw new Deleting();
    // What `metadata` and `spec` hold is checked around this; a spec may be missing altogether.
    const spec = (document.spec ?? {}) as { pools?: Record<string, EditedPool> };
    const pools = spec.pools ?? { default: {} };
    const name = choosePool(cluster, pools, call.text('pool'));
    const pool = pools[name] ?? {};
    first ??= { ...pool };
    refuseRival(cluster, name, wish, { first, theirs: pool });
    if (wish.workers !== undefined) pool.workers = wish.workers;
    if (wish.workersMax !== undefined) pool.workersMax = wish.workersMax;
    refuseTooMany(name, pool, call);
    document.spec = { ...spec, pools: { ...pools, [name]: pool } } as ClusterInput['spec'];
  };
}

/** @throws Failure (conflict) where a rival wrote another number than the one that was found first, and than the one that is meant */
function refuseRival(
  cluster: string,
  pool: string,
  wish: Wish,
  found: { first: EditedPool; theirs: EditedPool },
): void {
  for (const field of ['workers', 'workersMax'] as const) {
    const [mine, theirs] = [wish[field], found.theirs[field]];
    if (mine === undefined || theirs === found.first[field] || theirs === mine) continue;
    throw rival(cluster, new Clash(`pools.${pool}.${field}`, mine, theirs));
  }
}

/** What was typed is what is meant: with workers the most goes up, with nothing but the most the workers go down. */
function refuseTooMany(name: string, pool: EditedPool, call: Call): void {
  const { properties } = poolSchema;
  const workers = pool.workers ?? properties.workers.default;
  const most = pool.workersMax ?? properties.workersMax.default;
  if (workers <= most) return;
  const both = call.text('workers') === undefined ? most : workers;
  const where = typed(call, 'pool', 'cluster', 'context');
  const next = ['bbf want', `--workers=${both}`, `--max=${both}`, ...where].join(' ');
  throw tooManyWorkers(name, most, workers, next);
}
