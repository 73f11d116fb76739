/** The farm's own programs as images of this machine's Docker engine, for a local cloud whose tasks are containers. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { programPath } from '../program-path.ts';

const images = ['farm-server', 'farm-worker'] as const;
/** Lines of a failed build that say why. */
const TAIL_LINES = 8;
const run = promisify(execFile);

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
    await fill(context, settings.program);
    for (const image of images) {
      terminal.notes.write(`image bbf/${image}: docker build, which takes a minute the first time\n`);
      // The machine's own network, which can resolve what a bridge's may not.
      await run('docker', ['build', '--network=host', `--target=${image}`, `--tag=bbf/${image}`, context], {
        env,
        maxBuffer: 64 * 1024 * 1024,
      }).catch((error: unknown) => {
        throw notBuilt(image, error as Error & { stdout?: string; stderr?: string });
      });
    }
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** What images/farm/Dockerfile expects beside it. The Node that runs bbf runs the farm. */
async function fill(context: string, program: string): Promise<void> {
  await copyFile(join(dirname(program), '..', 'images', 'farm', 'Dockerfile'), join(context, 'Dockerfile'));
  for (const image of images) await copyFile(programPath(program, `${image}.mjs`), join(context, `${image}.mjs`));
  const node = join(context, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
}

function noEngine(error: NodeJS.ErrnoException & { stderr?: string }): Failure {
  const details = lastLines(error.stderr ?? '', 1);
  const why = error.code === 'ENOENT' ? 'docker is not installed' : 'no Docker engine answers';
  return new Failure('unavailable', why, {
    details,
    next: 'start Docker, or bbf local up without --tasks=docker, which takes processes',
  });
}

function notBuilt(image: string, error: Error & { stdout?: string; stderr?: string }): Failure {
  return new Failure('system', `the image bbf/${image} could not be built`, {
    details: lastLines(`${error.stdout ?? ''}\n${error.stderr ?? error.message}`, TAIL_LINES),
    next: 'mend what docker build says, then bbf local up --tasks=docker again',
  });
}

const lastLines = (text: string, count: number) => text.split('\n').filter(Boolean).slice(-count);
