/** What an image stands on, as the registry has it now: by digest, so that the release says what it was built from, and can be built again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '../command.ts';
import type { BuildWish } from './build.ts';
import { type DockerEngine, tryDocker } from './docker.ts';
import { dockerfileOf } from './image-list.ts';

/** Every image that the Dockerfile is FROM and that is known by more than what it says itself, by the name of its argument. */
export async function pinnedBases(
  wish: BuildWish,
  engine: DockerEngine,
  program: Program,
): Promise<Map<string, string>> {
  const dockerfile = await readFile(join(wish.root, dockerfileOf(wish.image)), 'utf8');
  const pinned = new Map<string, string>();
  for (const [, name = '', image = ''] of dockerfile.matchAll(/^ARG (\w+)=(\S+)$/gm)) {
    if (!new RegExp(`^FROM \\$\\{?${name}\\b`, 'm').test(dockerfile)) continue;
    const given = name === 'BASE' ? wish.base : undefined;
    const found = await asPinned(given ?? image, wish, engine, program);
    if (found !== image) pinned.set(name, found);
  }
  return pinned;
}

/** With its digest, or by its tag where nobody tells that; says which. */
async function asPinned(base: string, wish: BuildWish, engine: DockerEngine, program: Program): Promise<string> {
  if (base.includes('@')) return base;
  const digest = engine.buildx ? await digestOf(base, program) : undefined;
  const why = engine.buildx ? 'no registry tells its digest' : 'Docker without buildx tells no digest';
  const found = digest === undefined ? base : `${base}@${digest}`;
  program.terminal.notes.write(
    `${wish.image.name} stands on ${digest === undefined ? `${base} by its tag: ${why}` : found}\n`,
  );
  return found;
}

async function digestOf(base: string, program: Program): Promise<string | undefined> {
  const inspect = ['buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', base];
  const digest = (await tryDocker({ doing: `find the digest of ${base}`, arguments: inspect }, program))?.trim() ?? '';
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}
