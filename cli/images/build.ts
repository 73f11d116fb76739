/** Builds one image with Docker, and pushes it where it is to be pushed. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { type DockerEngine, docker } from './docker.ts';
import { dockerfileOf, type Image } from './image-list.ts';

export interface BuildWish {
  image: Image;
  /** Folder that bbf's package is in. */
  root: string;
  /** HOST/NAME:TAG or NAME:TAG. */
  reference: string;
  /** In place of the one that the Dockerfile names. */
  base: string | undefined;
  /** Values of its arguments, `BASE` among them. */
  pinned?: ReadonlyMap<string, string>;
}

/**
 * Into the engine of this machine, for its own architecture.
 * @param builder the one in that engine, the only one that can build on images that the engine has; undefined where there is no buildx
 */
export async function load(wish: BuildWish, builder: string | undefined, program: Program): Promise<void> {
  const build = builder === undefined ? ['build'] : ['buildx', 'build', '--builder', builder, '--load'];
  await docker({ ...running(wish), arguments: [...build, ...common(wish)] }, program);
}

/** @returns the digest, `sha256:…` */
export async function push(
  wish: BuildWish,
  platforms: readonly string[],
  engine: DockerEngine,
  program: Program,
): Promise<string> {
  const digest = engine.buildx ? await pushByBuildx(wish, platforms, program) : await pushPlainly(wish, program);
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Failure('protocol', `Docker pushed ${wish.reference} and named no digest: ${digest || '(nothing)'}`, {
    next: `docker buildx imagetools inspect ${wish.reference}`,
  });
}

const running = ({ image, root }: BuildWish) => ({
  doing: `build the image of the ${image.name}`,
  cwd: root,
  shown: true,
});

function common({ image, reference, base, pinned }: BuildWish): string[] {
  const values = new Map([...(base === undefined ? [] : [['BASE', base] as const]), ...(pinned ?? [])]);
  const given = [...values].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return [...given, '--file', dockerfileOf(image), '--tag', reference, image.context];
}

/** Several architectures make one image, whose digest only BuildKit knows. */
async function pushByBuildx(wish: BuildWish, platforms: readonly string[], program: Program): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bbf-image-'));
  const metadata = join(directory, 'metadata.json');
  try {
    const build = ['buildx', 'build', '--platform', platforms.join(','), '--push', '--metadata-file', metadata];
    await docker({ ...running(wish), arguments: [...build, ...common(wish)] }, program);
    const found = JSON.parse(await readFile(metadata, 'utf8')) as { 'containerimage.digest'?: string };
    return found['containerimage.digest'] ?? '';
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function pushPlainly(wish: BuildWish, program: Program): Promise<string> {
  const { reference } = wish;
  await docker({ ...running(wish), arguments: ['build', ...common(wish)] }, program);
  await docker({ doing: `push ${reference}`, arguments: ['push', reference], shown: true }, program);
  const inspect = ['image', 'inspect', '--format', '{{json .RepoDigests}}', reference];
  const digests = JSON.parse(
    await docker({ doing: `find the digest of ${reference}`, arguments: inspect }, program),
  ) as string[];
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return digests.find((digest) => digest.startsWith(`${repository}@`))?.split('@')[1] ?? '';
}
