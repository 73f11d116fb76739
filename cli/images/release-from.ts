/** `bbf images release --from=CLUSTER`: a cluster runs what another one runs, digest by digest, and nothing is built. */

import type { Spec } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { waitChoice } from '../wait-choice.ts';
import { haveRun } from './have-run.ts';
import { platformsOf } from './platforms.ts';
import { repositories } from './registry.ts';
import { keptImages, readTarget } from './target.ts';

export async function releaseFrom(source: string, call: Call, program: Program): Promise<number> {
  const other = ['load', 'only', 'bases'].find((flag) => call.has(flag) || call.text(flag) !== undefined);
  if (other !== undefined)
    throw new Failure('usage', `--from builds nothing, so --${other} has no meaning beside it`, {
      next: `bbf images release --from=${source}`,
    });
  const wait = waitChoice(call);
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  const [{ spec: from }, { spec: to }] = await Promise.all([
    readTarget(installation, source),
    readTarget(installation, cluster),
  ]);
  refuseUnfit({ source, from, cluster, to });
  const places = await repositories(installation.access, installation.context.installation);
  keptImages(to, places, program);
  const images = new Map(Object.entries(from.engine) as [keyof Spec['engine'], string][]);
  const reason = `bbf images release --from=${source} --cluster=${cluster}`;
  return haveRun({ installation, cluster, images, places, reason, wait }, program);
}

function refuseUnfit({ source, from, cluster, to }: { source: string; from: Spec; cluster: string; to: Spec }): void {
  if (Object.keys(from.engine).length === 0)
    throw new Failure('configuration', `the document of ${source} names no image in spec.engine`, {
      next: `bbf images release --cluster=${source}`,
    });
  // A release makes images for the pools that its cluster has.
  const missing = platformsOf(to).filter((platform) => !platformsOf(from).includes(platform));
  if (missing.length === 0) return;
  const message = `${cluster} has pools for ${missing.join(' and ')}, for which ${source} has none, nor images`;
  throw new Failure('configuration', message, { next: `bbf images release --cluster=${cluster}` });
}
