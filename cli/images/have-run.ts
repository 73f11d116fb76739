/** Has a cluster run images: writes them into its document, says what changed, and waits until they run. */
import type { Spec } from '../../config-schema/documents.ts';
import { awaitRevision } from '../cluster/await-revision.ts';
import { writeCluster } from '../cluster/write-cluster.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { changeText } from '../output/diff.ts';
import type { WaitChoice } from '../wait-choice.ts';
import { engineChange } from './engine-edit.ts';

interface EngineWish {
  installation: Installation;
  cluster: string;
  /** Images by the field that names them. */
  images: ReadonlyMap<keyof Spec['engine'], string>;
  /** The installation's repositories, by image. */
  places: ReadonlyMap<string, string>;
  reason: string;
  wait: WaitChoice;
}

export async function haveRun(wish: EngineWish, program: Program): Promise<number> {
  const { installation, cluster, images, places, reason, wait } = wish;
  const written = await writeCluster({ installation, cluster, reason, change: engineChange(images, places) }, program);
  for (const field of written.changes) program.terminal.result.write(`${changeText(field)}\n`);
  if (wait.waits) await awaitRevision({ installation, cluster, revision: written.revision, wait }, program);
  return 0;
}
