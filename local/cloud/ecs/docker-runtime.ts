/**
 * Containers as containers: each is a `docker run` in the foreground, so that the engine's own client carries output, exit code and
 * stdin. They use the network of this machine, on whose loopback every task has an address of its own, as for processes.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ContainerStart, StoppableRuntime } from './ports.ts';

export interface DockerRuntimeOptions {
  /** Of this process: where the client finds the engine and its registries' keys. */
  environment: Record<string, string | undefined>;
  /** Tells this cloud's containers from those of others; what an earlier run under it has left behind is removed at the start. */
  owner: string;
  appendLog(group: string, stream: string, line: string): void;
}

/** What the client itself needs. */
const CLIENTS_OWN = /^(PATH$|HOME$|DOCKER_|XDG_RUNTIME_DIR$|LANG$|https?_proxy$|no_proxy$|HTTPS?_PROXY$|NO_PROXY$)/;
const OWNER_LABEL = 'bbf.local-cloud';
/** Between a container's order and its being there, the engine knows none of that name yet. */
const SIGNAL_RETRY_MS = 100;
const KILLED = 137;

export function createDockerRuntime(options: DockerRuntimeOptions): StoppableRuntime {
  const clients = new Map<string, ChildProcess>();
  const own = Object.fromEntries(Object.entries(options.environment).filter(([name]) => CLIENTS_OWN.test(name)));
  const docker = (args: string[], done: (error: Error | null, output: string) => void, timeoutMs = 0) =>
    execFile('docker', args, { env: own, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, _stdout, stderr) =>
      done(error, stderr),
    );
  removeLeftovers(options.owner, own);

  function deliver(name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    docker(['kill', '--signal', signal, name], (error) => {
      if (error && clients.has(name)) setTimeout(() => deliver(name, signal), SIGNAL_RETRY_MS);
    });
  }

  return {
    pull(image, done) {
      docker(['image', 'inspect', image], (absent) => {
        if (!absent) return done(undefined);
        docker(['pull', '--quiet', image], (error, output) => {
          done(error ? `failed to resolve ref ${image}: ${reasonIn(output) || error.message}` : undefined);
        });
      });
    },
    start(container, exited) {
      const name = nameOf(container.taskId, container.containerName);
      const client = launch(options, container, own);
      clients.set(name, client);
      client.once('close', (code) => {
        clients.delete(name);
        exited(code ?? KILLED);
      });
      // The engine knows its containers by their owner: nothing has to be remembered of this one.
      return undefined;
    },
    signal(taskId, containerName, signal) {
      const name = nameOf(taskId, containerName);
      if (clients.has(name)) deliver(name, signal);
    },
    probe({ taskId, containerName, command, timeoutMs }, done) {
      docker(['exec', nameOf(taskId, containerName), ...command], (error) => done(error === null), timeoutMs);
    },
    reap: () => undefined,
    async stop(graceMs) {
      const ended = [...clients.values()].map((client) => new Promise((resolve) => client.once('close', resolve)));
      for (const name of clients.keys()) deliver(name, 'SIGTERM');
      const kill = setTimeout(() => {
        for (const name of clients.keys()) deliver(name, 'SIGKILL');
      }, graceMs);
      await Promise.all(ended);
      clearTimeout(kill);
    },
  };
}

const nameOf = (taskId: string, containerName: string) => `bbf-${taskId}-${containerName}`;

/** Throws when there is no client. */
function launch(
  options: DockerRuntimeOptions,
  container: ContainerStart,
  own: Record<string, string | undefined>,
): ChildProcess {
  const client = spawn('docker', runArguments(options.owner, container), {
    env: { ...container.environment, ...own },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Without a listener a client that is not there would end the cloud.
  client.on('error', () => undefined);
  if (client.pid === undefined) throw new Error('docker is not installed, or not on the PATH of the local cloud');
  // Stdin stays open as long as the cloud lives: its end tells the program that the cloud is gone.
  client.stdin?.on('error', () => undefined);
  for (const output of [client.stdout, client.stderr]) {
    if (!output) continue;
    createInterface({ input: output }).on('line', (line) => {
      if (container.log) options.appendLog(container.log.group, container.log.stream, line);
    });
  }
  return client;
}

/** Values of the environment stay out of the command line, which every user of the machine can read. */
function runArguments(owner: string, container: ContainerStart): string[] {
  const { taskId, containerName, image, entryPoint = [], command = [], workingDirectory } = container;
  const [entry, ...words] = entryPoint;
  return [
    ...['run', '--rm', '--init', '--interactive', '--network=host', '--log-driver=none', '--pull=never'],
    ...[`--name=${nameOf(taskId, containerName)}`, `--label=${OWNER_LABEL}=${owner}`],
    ...(workingDirectory === undefined ? [] : [`--workdir=${workingDirectory}`]),
    ...Object.entries(container.environment).flatMap(([name, value]) => [
      '--env',
      CLIENTS_OWN.test(name) ? `${name}=${value}` : name,
    ]),
    ...(entry === undefined ? [] : [`--entrypoint=${entry}`]),
    ...[image, ...words, ...command],
  ];
}

/** The engine's last words, without what is the same in all of them. */
function reasonIn(output: string): string {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line.replace(/^Error response from daemon: /, '');
}

/** Throws when the engine does not answer, with its client's words. */
function removeLeftovers(owner: string, env: Record<string, string | undefined>): void {
  const docker = (args: string[]) =>
    execFileSync('docker', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const left = docker(['ps', '--all', '--quiet', `--filter=label=${OWNER_LABEL}=${owner}`])
    .split('\n')
    .filter(Boolean);
  if (left.length > 0) docker(['rm', '--force', ...left]);
}
