/** What the tasks of a local cloud run when they are containers, built in this machine's Docker engine: the farm's own programs, and bbf's images on top of them. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { dockerfileOf, images } from '../images/image-list.ts';
import { programPath } from '../program-path.ts';

/** Targets of images/farm/Dockerfile; the last one stands where other images have Buildfarm. */
const BASE = 'farm-base';
const TARGETS = ['task-network', 'farm-server', 'farm-worker', BASE];
const ON_BUILDFARM = ['server', 'storage', 'worker'];
/** Folder of the agent's own context: Docker is sent all of a context. */
const AGENT = 'agent';
/** Of bbf's images on the farm's programs, so that those on Buildfarm's, `:local`, are left alone. */
const TAG = 'farm';
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
    await fill(context, root, settings.program);
    terminal.notes.write('images of the farm: docker build, which takes a few minutes the first time\n');
    for (const { image, words } of [...farmBuilds(context), ...engineBuilds(context, root)]) {
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

/** What images/farm/Dockerfile expects beside it, and the agent's program. The Node that runs bbf runs the farm. */
async function fill(context: string, root: string, program: string): Promise<void> {
  for (const name of ['Dockerfile', 'java.sh']) await copyFile(join(root, 'images', 'farm', name), join(context, name));
  for (const name of ['farm-server.mjs', 'farm-worker.mjs'])
    await copyFile(programPath(program, name), join(context, name));
  await mkdir(join(context, AGENT));
  await copyFile(programPath(program, 'agent.mjs'), join(context, AGENT, 'agent.mjs'));
  const node = join(context, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
}

const farmBuilds = (context: string): Build[] =>
  TARGETS.map((target) => ({ image: `bbf/${target}`, words: [`--target=${target}`, context] }));

/** Every image that a task of a cluster runs, by the Dockerfile that releases have. */
const engineBuilds = (context: string, root: string): Build[] =>
  images
    .filter(({ field }) => field !== undefined)
    .map((image) => ({
      image: `bbf/${image.name}:${TAG}`,
      words: [
        ...(ON_BUILDFARM.includes(image.name) ? ['--build-arg', `BASE=bbf/${BASE}`] : []),
        ...(image.name === 'agent' ? ['--build-arg', 'NODE_IMAGE=bbf/farm-server'] : []),
        `--file=${join(root, dockerfileOf(image))}`,
        image.context === 'dist' ? join(context, AGENT) : join(root, image.context),
      ],
    }));

function noEngine(error: NodeJS.ErrnoException & { stderr?: string }): Failure {
  const details = lastLines(error.stderr ?? '', 1);
  const why = error.code === 'ENOENT' ? 'docker is not installed' : 'no Docker engine answers';
  return new Failure('unavailable', why, {
    details,
    next: 'start Docker, or bbf local up without --tasks=docker, which takes processes',
  });
}

function notBuilt(image: string, error: Error & { stdout?: string; stderr?: string }): Failure {
  return new Failure('system', `the image ${image} could not be built`, {
    details: lastLines(`${error.stdout ?? ''}\n${error.stderr ?? error.message}`, TAIL_LINES),
    next: 'mend what docker build says, then bbf local up --tasks=docker again',
  });
}

const lastLines = (text: string, count: number) => text.split('\n').filter(Boolean).slice(-count);
