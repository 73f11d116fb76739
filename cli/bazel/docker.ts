/** What a build in containers of this machine needs: a Docker engine, the image, a Bazel that knows the way, and its flags. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Failure } from '../failure.ts';
import { abortable } from '../interrupt.ts';
import { STRICT_ENVIRONMENT } from './flags.ts';

/** Of Docker and Bazel alike. */
interface Surroundings {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

export function dockerFlags({ image, privileged }: { image: string; privileged: boolean }): string[] {
  return [
    '--experimental_enable_docker_sandbox',
    '--spawn_strategy=docker',
    '--genrule_strategy=docker',
    `--experimental_docker_image=${image}`,
    // The image is the workers' own, to the byte; Bazel would add this machine's user to a copy of it.
    '--noexperimental_docker_use_customized_images',
    // Else the PATH of this machine is looked for in the container.
    STRICT_ENVIRONMENT,
    ...(privileged ? ['--experimental_docker_privileged'] : []),
  ];
}

/**
 * @param logIn signs Docker in to the registry, before an image is pulled from there
 * @throws Failure (unavailable) where no engine answers, or the image is neither here nor to be had
 */
export async function needImage(
  image: string,
  surroundings: Surroundings,
  logIn: (registry: string) => Promise<void>,
): Promise<void> {
  const engine = await tryRun('docker', ['info', '--format', '{{.ServerVersion}}'], surroundings);
  if (engine.failed !== undefined)
    throw new Failure('unavailable', `--local builds in containers, and no Docker engine answers: ${engine.failed}`, {
      next: 'start Docker (docker info shows it), or build on the farm without --local',
    });
  const { failed } = await tryRun('docker', ['image', 'inspect', image], surroundings);
  if (failed === undefined) return;
  const [registry = ''] = image.split('/');
  if (/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/.test(registry)) await logIn(registry);
  const pull = spawn('docker', ['pull', image], { ...surroundings, stdio: ['ignore', 2, 2] });
  const [code] = await abortable(once(pull, 'close'), surroundings.signal);
  if (code === 0) return;
  throw new Failure('unavailable', `the image ${image} is not on this machine, and docker pull failed`, {
    next: `docker pull ${image} shows why; or --local=IMAGE`,
  });
}

/** @throws Failure (unavailable) for a Bazel without the strategy */
export async function needStrategy(
  bazel: string,
  startup: readonly string[],
  surroundings: Surroundings,
): Promise<void> {
  const { stdout, failed } = await tryRun(bazel, [...startup, 'help', 'flags-as-proto'], surroundings);
  const flags = Buffer.from(stdout, 'base64').toString('latin1');
  if (failed === undefined && flags.includes('experimental_enable_docker_sandbox')) return;
  throw new Failure('unavailable', `${bazel} can not run actions in Docker: ${failed ?? 'it has no such strategy'}`, {
    next: 'bbf --bazel_bin=PATH --local …, with a Bazel from 0.15 on that has it, or build on the farm',
  });
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** `failed`: the program's last words, or why it could not be run. */
async function tryRun(program: string, words: string[], { cwd, env, signal }: Surroundings) {
  try {
    const { stdout } = await promisify(execFile)(program, words, { cwd, env, signal, maxBuffer: OUTPUT_BYTES_MAX });
    return { stdout, failed: undefined };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return { stdout: '', failed: stderr.trim().split('\n').at(-1) || message };
  }
}
