/** What an image stands on, as the registry has it now: by digest, so that the release says what it was built from, and can be built again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '../command.ts';
import type { BuildWish } from './build.ts';
import { type DockerEngine, tryDocker } from './docker.ts';
import { dockerfileOf } from './image-list.ts';

/** The base that is named or that the Dockerfile names, with its digest; without one where only this machine has the image. */
export async function pinnedBase(wish: BuildWish, engine: DockerEngine, program: Program): Promise<string | undefined> {
  const base = wish.base ?? (await dockerfileBase(wish));
  if (base === undefined || base.includes('@') || !engine.buildx) return wish.base;
  const inspect = ['buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', base];
  const digest = (await tryDocker({ doing: `find the digest of ${base}`, arguments: inspect }, program))?.trim() ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) return wish.base;
  program.terminal.notes.write(`${wish.image.name} stands on ${base}@${digest}\n`);
  return `${base}@${digest}`;
}

async function dockerfileBase({ root, image }: BuildWish): Promise<string | undefined> {
  return /^ARG BASE=(\S+)$/m.exec(await readFile(join(root, dockerfileOf(image)), 'utf8'))?.[1];
}
