/** Docker's command line, as a child of bbf. */
import { spawn } from 'node:child_process';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';

interface DockerRun {
  /** What bbf does it for, completes "could not …". */
  doing: string;
  arguments: string[];
  /** For standard input, e.g. a password, which arguments would show to everyone. */
  input?: string;
  cwd?: string;
  /** Shows what Docker says while it says it, and ends it when bbf is told to end. */
  shown?: boolean;
}

interface DockerAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Where a release builds, a manifest that attests it would make an index of every image, and nothing here reads it. Who wants
 * attestations sets the variable to 0; a buildx that makes none does not know it.
 */
const PLAIN_IMAGES = { BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };

const LEFT = 'what was built or pushed until now stays, and no cluster’s document has changed';

/** @throws Failure (unavailable) where there is no docker command; Interrupted, after its end, where it is shown */
function askDocker(run: DockerRun, program: Program): Promise<DockerAnswer> {
  if (!run.shown) return start(run, program);
  return interruptible(async (signal) => {
    const answer = await start(run, program, signal);
    signal.throwIfAborted();
    return answer;
  }, LEFT);
}

/** @param signal ends Docker's command, and every process that it has started */
function start(run: DockerRun, program: Program, signal?: AbortSignal): Promise<DockerAnswer> {
  const { notes } = program.terminal;
  return new Promise((resolve, reject) => {
    const child = spawn('docker', run.arguments, {
      cwd: run.cwd,
      env: { ...PLAIN_IMAGES, ...program.settings.childEnvironment },
      stdio: 'pipe',
      // A group of its own: docker does not tell every buildx that it was told to end, which then builds on, and pushes.
      detached: signal !== undefined,
    });
    const end = () => endGroup(child.pid);
    signal?.addEventListener('abort', end, { once: true });
    const answer: DockerAnswer = { code: 0, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer.stdout += text;
      if (run.shown) notes.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      answer.stderr += text;
      if (run.shown) notes.write(text);
    });
    child.once('error', (error) =>
      reject(
        new Failure('unavailable', `could not ${run.doing}: docker can't be started: ${error.message}`, {
          next: 'install Docker, or put docker on the PATH',
        }),
      ),
    );
    child.once('exit', () => signal?.removeEventListener('abort', end));
    child.once('close', (code) => resolve({ ...answer, code: code ?? 1 }));
    // It may have ended without reading.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.input);
  });
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGTERM');
  } catch {
    // It has just ended.
  }
}

/** @throws Failure (system) with Docker's last words, where they were not shown, when it ends with anything but 0 */
export async function docker(run: DockerRun, program: Program): Promise<string> {
  const { code, stdout, stderr } = await askDocker(run, program);
  if (code === 0) return stdout;
  const message = `could not ${run.doing}: docker ${run.arguments[0]} ended with ${code}`;
  if (stderr.includes('exec format error')) throw new Failure('system', message, { next: EMULATION });
  if (run.shown) throw new Failure('system', message, { next: 'mend what docker says above, then the same again' });
  throw new Failure('system', message, {
    details: stderr.trimEnd().split('\n').slice(-5),
    next: `docker ${run.arguments.join(' ')}, to see all that it says`,
  });
}

/** What Docker answers, or undefined where it refuses. */
export async function tryDocker(run: DockerRun, program: Program): Promise<string | undefined> {
  const { code, stdout } = await askDocker(run, program);
  return code === 0 ? stdout : undefined;
}

/** What to do where Linux says of a program that it is for another machine. */
const EMULATION =
  'docker run --privileged --rm tonistiigi/binfmt --install all, after which this machine runs such programs too; then the same again';

export interface DockerEngine {
  /** BuildKit's front, which builds for other architectures too and pushes what it has built. */
  buildx: boolean;
  /** Of the engine, e.g. `linux/amd64`. */
  platform: string;
}

/** @throws Failure (unavailable) where no engine answers */
export async function dockerEngine(program: Program): Promise<DockerEngine> {
  const version = ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'];
  const { code, stdout, stderr } = await askDocker({ doing: 'ask the Docker engine', arguments: version }, program);
  if (code !== 0)
    throw new Failure('unavailable', `no Docker engine answers: ${stderr.trim().split('\n')[0]}`, {
      next: 'start Docker (docker version shows whether it runs), then the same again',
    });
  const buildx = await askDocker({ doing: 'look for buildx', arguments: ['buildx', 'version'] }, program);
  return { buildx: buildx.code === 0, platform: stdout.trim() };
}
