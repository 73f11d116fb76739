/** The builders that buildx has: which one is the engine's own, and what the chosen one can't do. */
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { type DockerEngine, docker } from './docker.ts';

/** The builder in the engine, which buildx calls as Docker calls its way to that engine; undefined where there is no buildx. */
export async function engineBuilder({ buildx }: DockerEngine, program: Program): Promise<string | undefined> {
  if (!buildx) return undefined;
  const inspect = ['context', 'inspect', '--format', '{{.Name}}'];
  return (await docker({ doing: 'find the builder of the Docker engine', arguments: inspect }, program)).trim();
}

/**
 * Before anything is built or pushed.
 * @param needed Docker's words for the machines that one image is for
 * @throws Failure (configuration)
 */
export async function refuseOtherMachines(needed: string[], engine: DockerEngine, program: Program): Promise<void> {
  if (engine.buildx) return refuseSeveralAtOnce(needed, program);
  const others = needed.filter((one) => one !== engine.platform);
  if (others.length === 0) return;
  const message = `images for ${others.join(' and ')} are needed, and this Docker builds for ${engine.platform} only`;
  throw new Failure('configuration', message, { next: 'install Docker’s buildx, which builds for all of them' });
}

/** The engine's own builder (driver `docker`) makes no index of several images, unless the engine keeps its images with containerd. */
async function refuseSeveralAtOnce(needed: string[], program: Program): Promise<void> {
  if (needed.length < 2) return;
  const ask = (words: string[]) => docker({ doing: 'ask what the builder can', arguments: words }, program);
  const builder = await ask(['buildx', 'inspect']);
  const of = (field: string) => new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(builder)?.[1] ?? '';
  if (of('Driver') !== 'docker') return;
  const store = await ask(['info', '--format', '{{json .DriverStatus}}']);
  if (store.includes('io.containerd.snapshotter')) return;
  const message = `images for ${needed.join(' and ')} in one are needed, and buildx’s builder ${of('Name')} (driver docker) makes them for one machine at a time`;
  throw new Failure('configuration', message, {
    next: 'docker buildx create --use, which makes one that can, then the same again',
  });
}
