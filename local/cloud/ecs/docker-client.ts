/** The Docker engine's own client, and what it owns for one local cloud: all that carries the cloud's label. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

export interface DockerClient {
  /** What the client itself needs of its environment. */
  environment: Record<string, string | undefined>;
  /** Value of the label that tells this cloud's things from those of others. */
  owner: string;
  run(args: string[], done: (error: Error | null, stdout: string, stderr: string) => void, timeoutMs?: number): void;
  /** Throws when the engine refuses or does not answer, with its client's words. */
  runNow(args: string[]): string;
}

/** What the client itself needs. */
const CLIENTS_OWN = /^(PATH$|HOME$|DOCKER_|XDG_RUNTIME_DIR$|LANG$|https?_proxy$|no_proxy$|HTTPS?_PROXY$|NO_PROXY$)/;
export const isClientsOwn = (variable: string): boolean => CLIENTS_OWN.test(variable);

const OWNER_LABEL = 'bbf.local-cloud';
export const labelOf = ({ owner }: Pick<DockerClient, 'owner'>): string => `--label=${OWNER_LABEL}=${owner}`;

export function createDockerClient(from: Record<string, string | undefined>, owner: string): DockerClient {
  const environment = Object.fromEntries(Object.entries(from).filter(([name]) => isClientsOwn(name)));
  return {
    environment,
    owner,
    run: (args, done, timeoutMs = 0) =>
      void execFile('docker', args, { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' }, done),
    runNow: (args) =>
      execFileSync('docker', args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}

/** What the engine said, without what is the same in all its answers and without the client's advice; else the client's last words. */
export function reasonIn(stderr: string): string {
  const lines = stderr.trimEnd().split('\n');
  const [, reason] = /Error response from daemon: (.*)/.exec(stderr) ?? [];
  return (reason ?? lines.at(-1) ?? '').replace(/\.$/, '');
}

/** One for each cloud, so that the tasks of one do not see those of another. */
export const networkName = ({ owner }: Pick<DockerClient, 'owner'>): string =>
  `bbf-${createHash('sha256').update(owner).digest('hex').slice(0, 12)}`;

/** The engine may itself be about to remove a container that has just ended: then it refuses for a moment. */
const REMOVAL_ATTEMPTS = 50;
const REMOVAL_PAUSE_MS = 100;

/** Removes all that carries the cloud's label. Throws as `runNow` does. */
export function removeOwned(client: DockerClient): void {
  for (let attempt = 1; ; attempt++) {
    try {
      removeFound(client);
      return;
    } catch (error) {
      if (attempt === REMOVAL_ATTEMPTS || !/already in progress|in use|active endpoints/.test(String(error)))
        throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVAL_PAUSE_MS);
    }
  }
}

function removeFound(client: DockerClient): void {
  const filter = `--filter=label=${OWNER_LABEL}=${client.owner}`;
  const kinds = [
    { list: ['ps', '--all', '--quiet'], remove: ['rm', '--force', '--volumes'] },
    { list: ['volume', 'ls', '--quiet'], remove: ['volume', 'rm', '--force'] },
    { list: ['network', 'ls', '--quiet'], remove: ['network', 'rm'] },
  ];
  for (const { list, remove } of kinds) {
    const found = client
      .runNow([...list, filter])
      .split('\n')
      .filter(Boolean);
    if (found.length > 0) client.runNow([...remove, ...found]);
  }
}
