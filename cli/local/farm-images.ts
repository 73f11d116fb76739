/** What the tasks of a local cloud run when they are containers, built in this machine's Docker engine: the farm's own programs, and bbf's images on top of them. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { dockerfileOf, images } from '../images/image-list.ts';
import { programPath } from '../program-path.ts';
import { onFarm } from './farm-engine.ts';

/** Targets of images/farm/Dockerfile; the last one stands where other images have Buildfarm. */
const BASE = 'farm-base';
const TARGETS = ['task-network', BASE];
const ON_BUILDFARM = ['server', 'storage', 'worker'];
/** Folders with what Docker is sent for each: all of a context, each time, and Node is large. */
const [NODE, FARM, AGENT] = ['node', 'farm', 'agent'] as const;
const NODE_IMAGE = 'bbf/node';
/** In place of Node's own, which a registry has: the one that runs bbf. */
const NODE_DOCKERFILE = 'FROM scratch\nCOPY node /usr/local/bin/node\n';
/** Lines of a failed build that say why. */
const TAIL_LINES = 8;
const run = promisify(execFile);

interface Build {
  image: string;
  /** For `docker build`, the context last. */
  words: string[];
}

/**
 * Docker's own cache makes this a matter of seconds once it was done.
 * @throws Failure (unavailable, system)
 */
export async function buildFarmImages(program: Program): Promise<void> {
  const { settings, terminal } = program;
  const env = settings.childEnvironment;
  await run('docker', ['version'], { env }).catch((error: unknown) => {
    throw noEngine(error as NodeJS.ErrnoException & { stderr?: string });
  });
  const context = await mkdtemp(join(tmpdir(), 'bbf-images-'));
  try {
    const root = join(dirname(settings.program), '..');
    await fillContexts(context, root, settings.program);
    terminal.notes.write('images of the farm: docker build, which takes a minute or two the first time\n');
    for (const { image, words } of builds(context, root)) {
      // The machine's own network, which can resolve what a bridge's may not.
      await run('docker', ['build', '--network=host', `--tag=${image}`, ...words], {
        env,
        maxBuffer: 64 * 1024 * 1024,
      }).catch((error: unknown) => {
        throw notBuilt(image, error as Error & { stdout?: string; stderr?: string });
      });
      terminal.notes.write(`image ${image}\n`);
    }
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** What the Dockerfiles expect beside them. */
async function fillContexts(context: string, root: string, program: string): Promise<void> {
  for (const folder of [NODE, FARM, AGENT]) await mkdir(join(context, folder));
  await writeFile(join(context, NODE, 'Dockerfile'), NODE_DOCKERFILE);
  const node = join(context, NODE, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
  for (const name of ['Dockerfile', 'java.sh'])
    await copyFile(join(root, 'images', 'farm', name), join(context, FARM, name));
  for (const name of ['farm-server.mjs', 'farm-worker.mjs'])
    await copyFile(programPath(program, name), join(context, FARM, name));
  await copyFile(programPath(program, 'agent.mjs'), join(context, AGENT, 'agent.mjs'));
}

/** In an order in which each finds what it stands on. Images that a task of a cluster runs are of the Dockerfiles that releases have. */
function builds(context: string, root: string): Build[] {
  const withNode = ['--build-arg', `NODE_IMAGE=${NODE_IMAGE}`];
  const ofFarm = TARGETS.map((target) => ({
    image: `bbf/${target}`,
    words: [...withNode, `--target=${target}`, join(context, FARM)],
  }));
  const ofEngine = images
    .filter(({ field }) => field !== undefined)
    .map((image) => ({
      image: onFarm(image.name),
      words: [
        ...(ON_BUILDFARM.includes(image.name) ? ['--build-arg', `BASE=bbf/${BASE}`] : []),
        ...(image.name === AGENT ? withNode : []),
        `--file=${join(root, dockerfileOf(image))}`,
        image.name === AGENT ? join(context, AGENT) : join(root, image.context),
      ],
    }));
  return [{ image: NODE_IMAGE, words: [join(context, NODE)] }, ...ofFarm, ...ofEngine];
}

function noEngine(error: NodeJS.ErrnoException & { stderr?: string }): Failure {
  const details = lastLines(error.stderr ?? '', 1);
  const why = error.code === 'ENOENT' ? 'docker is not installed' : 'no Docker engine answers';
  return new Failure('unavailable', why, {
    details,
    next: 'start Docker, or bbf local up --tasks=processes',
  });
}

function notBuilt(image: string, error: Error & { stdout?: string; stderr?: string }): Failure {
  return new Failure('system', `the image ${image} could not be built`, {
    details: lastLines(`${error.stdout ?? ''}\n${error.stderr ?? error.message}`, TAIL_LINES),
    next: 'mend what docker build says, then bbf local up --tasks=docker again',
  });
}

const lastLines = (text: string, count: number) => text.split('\n').filter(Boolean).slice(-count);
