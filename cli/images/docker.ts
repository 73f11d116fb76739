/** Docker's command line, as a child of bbf. */
import { spawn } from 'node:child_process';
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';

export interface DockerRun {
  /** What bbf does it for, completes "could not …". */
  doing: string;
  arguments: string[];
  /** For standard input, e.g. a password, which arguments would show to everyone. */
  input?: string;
  cwd?: string;
  /** Shows what Docker says while it says it. */
  shown?: boolean;
}

export interface DockerAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** @throws Failure (unavailable) where there is no docker command */
function askDocker(run: DockerRun, program: Program): Promise<DockerAnswer> {
  const { notes } = program.terminal;
  return new Promise((resolve, reject) => {
    const child = spawn('docker', run.arguments, {
      cwd: run.cwd,
      env: program.settings.childEnvironment,
      stdio: 'pipe',
    });
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
    child.once('close', (code) => resolve({ ...answer, code: code ?? 1 }));
    // It may have ended without reading.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.input);
  });
}

/** @throws Failure (system) with Docker's last words when it ends with anything but 0 */
export async function docker(run: DockerRun, program: Program): Promise<string> {
  const { code, stdout, stderr } = await askDocker(run, program);
  if (code === 0) return stdout;
  const details = stderr.trimEnd().split('\n').slice(-5);
  throw new Failure('system', `could not ${run.doing}: docker ${run.arguments[0]} ended with ${code}`, {
    details,
    next: `docker ${run.arguments.join(' ')}, to see all that it says`,
  });
}

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
