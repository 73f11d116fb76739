/** `bbf images release`: builds the images of the farm, pushes them to the account's registry, and has a cluster run them. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Spec } from '../../config-schema/documents.ts';
import { editCluster } from '../../config-schema/edit-cluster.ts';
import { version } from '../../config-schema/version.ts';
import { invalid } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { openCluster } from '../context/open-cluster.ts';
import { Failure } from '../failure.ts';
import { waitChoice } from '../wait-choice.ts';
import { pinnedBases } from './base.ts';
import { type BuildWish, load, push } from './build.ts';
import { engineBuilder, refuseOtherMachines } from './builder.ts';
import { type DockerEngine, dockerEngine } from './docker.ts';
import { engineChange } from './engine-edit.ts';
import { haveRun } from './have-run.ts';
import { type Image, images } from './image-list.ts';
import { PLATFORMS, platformsOf } from './platforms.ts';
import { logIn, repositories } from './registry.ts';
import { keptImages, readTarget } from './target.ts';

/** Of images that only the engine of this machine has. */
const localReference = (image: Image) => `bbf/${image.name}:local`;

export async function release(call: Call, program: Program): Promise<number> {
  const source = call.text('from');
  if (source !== undefined) return (await import('./release-from.ts')).releaseFrom(source, call, program);
  const chosen = chosenImages(call.text('only'), call.has('load'));
  const bases = basesOf(call.text('bases'));
  const root = join(dirname(program.settings.program), '..');
  const wishOf = (image: Image, reference: string): BuildWish => ({
    image,
    root,
    reference,
    base: bases.get(image.name),
  });
  if (chosen.some(({ context }) => context === 'dist') && !existsSync(join(root, 'dist', 'agent.mjs')))
    throw new Failure('configuration', `there is no ${join(root, 'dist', 'agent.mjs')}`, {
      next: 'install bbf again, or npm run build in its sources',
    });
  const engine = await dockerEngine(program);
  return call.has('load')
    ? loadAll(chosen, wishOf, engine, program)
    : releaseAll(chosen, wishOf, engine, call, program);
}

type Field = keyof Spec['engine'];
type WishOf = (image: Image, reference: string) => BuildWish;

async function loadAll(
  chosen: readonly Image[],
  wishOf: WishOf,
  engine: DockerEngine,
  program: Program,
): Promise<number> {
  const builder = await engineBuilder(engine, program);
  for (const image of chosen) {
    const wish = wishOf(image, localReference(image));
    const from = images.find(({ name }) => name === image.from);
    await load({ ...wish, base: wish.base ?? (from && localReference(from)) }, builder, program);
    program.terminal.result.write(`${localReference(image)}\n`);
  }
  return 0;
}

async function releaseAll(
  chosen: readonly Image[],
  wishOf: WishOf,
  engine: DockerEngine,
  call: Call,
  program: Program,
): Promise<number> {
  const wait = waitChoice(call);
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'));
  const { text, spec } = await readTarget(installation, cluster);
  const { access, context } = installation;
  const places = await repositories(access, context.installation);
  const kept = keptImages(spec, places, program);
  const wanted = chosen.filter((image) => image.field !== undefined && !kept.has(image.field));
  refuseUnfit(cluster, text, engineChange(new Map(wanted.map(({ name, field }) => [field as Field, name])), places));
  const platforms = platformsOf(spec);
  const needed = wanted.some(({ serverOnly }) => !serverOnly) ? platforms : [PLATFORMS.x86_64];
  await refuseOtherMachines(needed, engine, program);
  await logIn(access, program);
  const tag = tagOf(program.now());
  const released = new Map<Field, string>();
  for (const image of wanted) {
    const place = places.get(image.name) ?? '';
    const wish = wishOf(image, `${place}:${tag}`);
    const digest = await push(
      { ...wish, pinned: await pinnedBases(wish, engine, program) },
      image.serverOnly ? [PLATFORMS.x86_64] : platforms,
      engine,
      program,
    );
    released.set(image.field as Field, `${place}@${digest}`);
  }
  const reason = `bbf images release --cluster=${cluster}`;
  return haveRun({ installation, cluster, images: released, places, reason, wait }, program);
}

/** Before hours of building: whether the document would be valid with images in those fields. */
function refuseUnfit(cluster: string, text: string, change: ReturnType<typeof engineChange>): void {
  const edited = editCluster(text, change, { writeId: '', writtenBy: '', reason: '' });
  if (!edited.ok) throw invalid(cluster, edited.problems);
}

/** Tags of the registry never change what they name, so each release has its own: version and instant. */
const tagOf = (now: number): string => `${version}-${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}`;

function chosenImages(only: string | undefined, loads: boolean): readonly Image[] {
  if (only === undefined) return images;
  const names = only.split(',');
  const strangers = names.filter((name) => !images.some((image) => image.name === name));
  if (strangers.length > 0)
    throw new Failure('usage', `there is no image ${strangers.join(', ')}`, {
      next: `--only with some of ${images.map(({ name }) => name).join(',')}`,
    });
  const chosen = images.filter(({ name }) => names.includes(name));
  const unfit = loads ? undefined : chosen.find(({ field }) => field === undefined);
  if (unfit === undefined) return chosen;
  throw new Failure('usage', `no task of a cluster runs ${unfit.name}, so it can’t be released, only built for here`, {
    next: `bbf images release --load --only=${only}`,
  });
}

/** `server=IMAGE,worker=IMAGE` */
function basesOf(text: string | undefined): Map<string, string> {
  const pairs = (text ?? '').split(',').filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      const base = rest.join('=');
      if (base && images.some((image) => image.name === name)) return [name, base];
      throw new Failure('usage', `--bases has ${pair}, which is no IMAGE=BASE`, {
        next: '--bases=worker=bazelbuild/buildfarm-worker:2.15.0@sha256:…',
      });
    }),
  );
}
