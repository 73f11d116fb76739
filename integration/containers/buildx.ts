/** Docker's command line with buildx and without it, whatever this machine has, each with a configuration of its own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What to install, where there is none. */
export const missingBuildx = (): string =>
  findBuildx() === undefined
    ? 'buildx is not installed (docker-buildx of Debian 13, docker-buildx-plugin of Docker)'
    : '';

function findBuildx(): string | undefined {
  try {
    const words = ['info', '--format', '{{json .ClientInfo.Plugins}}'];
    const text = execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const plugins = JSON.parse(text) as { Name: string; Path: string }[] | null;
    return plugins?.find(({ Name }) => Name === 'buildx')?.Path;
  } catch {
    return undefined;
  }
}

/** The environment of a Docker that keeps passwords and builders below `directory`. */
export function dockerWithBuildx(directory: string): NodeJS.ProcessEnv {
  const environment = ownConfiguration(directory);
  const plugins = join(environment.DOCKER_CONFIG, 'cli-plugins');
  mkdirSync(plugins);
  symlinkSync(findBuildx() ?? '', join(plugins, 'docker-buildx'));
  return environment;
}

/** The same for a Docker that has no buildx. */
export function dockerWithoutBuildx(directory: string): NodeJS.ProcessEnv {
  const environment = ownConfiguration(directory);
  const real = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
  const programs = join(directory, 'docker-alone');
  mkdirSync(programs);
  const program = join(programs, 'docker');
  writeFileSync(program, `#!/bin/sh\n[ "$1" != buildx ] || exit 1\nexec '${real}' "$@"\n`);
  chmodSync(program, 0o755);
  return { ...environment, PATH: `${programs}${delimiter}${process.env.PATH}` };
}

function ownConfiguration(directory: string) {
  const DOCKER_CONFIG = join(directory, 'docker');
  mkdirSync(DOCKER_CONFIG);
  return { ...process.env, DOCKER_CONFIG };
}
