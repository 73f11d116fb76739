/**
 * Containers as containers: each is a `docker run` in the foreground, so that the engine's own client carries output, exit code and
 * stdin. Those of one task share a network namespace and volumes, as on Fargate.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  createDockerClient,
  type DockerClient,
  isClientsOwn,
  labelOf,
  networkName,
  reasonIn,
  removeOwned,
} from './docker-client.ts';
import { type CloudDoor, createGrounds, holderName, volumeName } from './docker-ground.ts';
import type { ContainerStart, Mount, StoppableRuntime } from './ports.ts';

interface DockerRuntimeOptions {
  /** Of this process: where the client finds the engine and its registries' keys. */
  environment: Record<string, string | undefined>;
  /** Tells this cloud's containers, volumes and network from those of others; what an earlier run under it has left behind is removed at the start. */
  owner: string;
  /** How tasks reach the cloud. */
  door: CloudDoor;
  appendLog(group: string, stream: string, line: string): void;
}

/** Between a container's order and its being there, the engine knows none of that name yet. */
const SIGNAL_RETRY_MS = 100;
const KILLED = 137;

/** Throws when the engine does not answer, or has no room for one more network. */
export function createDockerRuntime(options: DockerRuntimeOptions): StoppableRuntime {
  const clients = new Map<string, ChildProcess>();
  const docker = createDockerClient(options.environment, options.owner);
  removeOwned(docker);
  docker.runNow(['network', 'create', '--driver=bridge', labelOf(docker), networkName(docker)]);
  const grounds = createGrounds(docker, options.door);

  function deliver(name: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    docker.run(['kill', '--signal', signal, name], (error) => {
      if (error && clients.has(name)) setTimeout(() => deliver(name, signal), SIGNAL_RETRY_MS);
    });
  }

  return {
    open: grounds.open,
    close: grounds.close,
    pull(image, done) {
      docker.run(['image', 'inspect', image], (absent) => {
        if (!absent) return done(undefined);
        docker.run(['pull', '--quiet', image], (error, _stdout, stderr) => {
          done(error ? `failed to resolve ref ${image}: ${reasonIn(stderr) || error.message}` : undefined);
        });
      });
    },
    start(container, exited) {
      const name = nameOf(container.taskId, container.containerName);
      const client = launch(options, container, docker);
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
      docker.run(['exec', nameOf(taskId, containerName), ...command], (error) => done(error === null), timeoutMs);
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
      await grounds.settled();
      removeOwned(docker);
    },
  };
}

const nameOf = (taskId: string, containerName: string) => `${holderName(taskId)}-${containerName}`;

/** Throws when there is no client. */
function launch({ appendLog }: DockerRuntimeOptions, container: ContainerStart, docker: DockerClient): ChildProcess {
  const client = spawn('docker', runArguments(docker, container), {
    env: { ...container.environment, ...docker.environment },
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
      if (container.log) appendLog(container.log.group, container.log.stream, line);
    });
  }
  return client;
}

/** Values of the environment stay out of the command line, which every user of the machine can read. */
function runArguments(docker: DockerClient, container: ContainerStart): string[] {
  const { taskId, containerName, image, entryPoint = [], command = [], workingDirectory, user, init } = container;
  const [entry, ...words] = entryPoint;
  return [
    ...['run', '--rm', '--interactive', '--log-driver=none', '--pull=never'],
    ...[`--network=container:${holderName(taskId)}`, `--name=${nameOf(taskId, containerName)}`, labelOf(docker)],
    // ECS looks at the health checks of task definitions alone.
    '--no-healthcheck',
    ...(init ? ['--init'] : []),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(workingDirectory === undefined ? [] : [`--workdir=${workingDirectory}`]),
    ...container.mounts.map((mount) => mountArgument(taskId, mount)),
    ...Object.entries(container.environment).flatMap(([name, value]) => [
      '--env',
      isClientsOwn(name) ? `${name}=${value}` : name,
    ]),
    ...(entry === undefined ? [] : [`--entrypoint=${entry}`]),
    ...[image, ...words, ...command],
  ];
}

const mountArgument = (taskId: string, { volume, path, readOnly }: Mount): string =>
  `--volume=${volumeName(taskId, volume)}:${path}${readOnly ? ':ro' : ''}`;
