/** BuildKit beside the engine: the builder that makes images for several machines at once, which the one in the engine does not. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../installation.ts';

const PROGRAM = 'buildkitd';

/** What to install, where there is none. */
export function missingBuildkit(): string {
  if (process.getuid?.() !== 0) return `only root may run ${PROGRAM}`;
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return `${PROGRAM} is not installed (go install github.com/moby/buildkit/cmd/${PROGRAM}@v0.12.5)`;
  }
}

/** For `docker buildx create --driver=remote ADDRESS`. */
export async function startBuildkit() {
  const directory = mkdtempSync(join(tmpdir(), 'bbf-buildkit-'));
  const socket = join(directory, 'socket');
  const address = `unix://${socket}`;
  const words = ['--addr', address, '--root', join(directory, 'root')];
  const daemon = spawn(PROGRAM, words, { stdio: 'ignore' });
  const ended = once(daemon, 'exit');
  await until('BuildKit listens', async () => existsSync(socket) || undefined);
  return {
    address,
    async close() {
      daemon.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
