/** Which images the tasks of a local cloud run where a cluster's document names none. */
import { COMPANIONS } from '../../config-schema/cluster.schema.ts';
import { imageParameter } from '../../templates/engine.ts';
import type { FoundationChoices } from '../setup/foundation.ts';
import type { TaskKind } from './cloud-process.ts';

/** Of bbf's images on the farm's programs, so that those on Buildfarm's, `:local`, are left alone. */
export const onFarm = (image: string): string => `bbf/${image}:farm`;

/** Stands for the worker of a local cloud whose tasks are processes: no engine and no registry has such an image. */
export const PROCESS_WORKER = 'bbf/farm-worker';

/** Processes stand for images of server and worker alone; containers are those that a task on AWS has. */
export function engineChoices(tasks: TaskKind): FoundationChoices {
  const isDocker = tasks === 'docker';
  const companions = COMPANIONS.map((one) => [imageParameter(one), isDocker ? onFarm(one) : '']);
  return {
    ServerImage: isDocker ? onFarm('server') : 'bbf/farm-server',
    WorkerImage: isDocker ? onFarm('worker') : PROCESS_WORKER,
    ...Object.fromEntries(companions),
  };
}
