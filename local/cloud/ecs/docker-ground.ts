/**
 * What the containers of one task share: a network namespace with an address on the cloud's own bridge, and volumes. As on Fargate a
 * container of its own holds them, which also carries the task's endpoints: a port of the task's loopback to the cloud's socket.
 */
import { type DockerClient, labelOf, networkName, reasonIn } from './docker-client.ts';
import type { TaskGround, TaskRuntime } from './ports.ts';

export interface CloudDoor {
  /** socat, or what takes the same arguments. */
  image: string;
  /** Unix socket on which the cloud listens, and the port of their loopback where tasks look for it. */
  socket: string;
  port: number;
}

interface Grounds extends Pick<TaskRuntime, 'open' | 'close'> {
  /** Resolves once none is being made or removed. */
  settled(): Promise<void>;
}

export const holderName = (taskId: string): string => `bbf-${taskId}`;
export const volumeName = (taskId: string, volume: string): string => `bbf-${taskId}-${volume}`;

const SOCKET = '/cloud.sock';
/** Connections that wait to be taken: the containers of a task all ask at once. */
const BACKLOG = 128;

export function createGrounds(client: DockerClient, door: CloudDoor): Grounds {
  /** What is under way or there, by task. */
  const grounds = new Map<string, Promise<string[]>>();
  const removals = new Set<Promise<void>>();
  const docker = (args: string[]) =>
    new Promise<string>((resolve, reject) =>
      client.run(args, (error, stdout, stderr) => {
        if (error) reject(new Error(reasonIn(stderr) || error.message));
        else resolve(stdout.trim());
      }),
    );

  async function make({ taskId, volumes }: TaskGround): Promise<string> {
    for (const volume of volumes) await docker(['volume', 'create', labelOf(client), volumeName(taskId, volume)]);
    await docker(['run', ...holderArguments(client, door, taskId)]);
    const template = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return docker(['inspect', `--format=${template}`, holderName(taskId)]);
  }

  async function remove(taskId: string, made: Promise<string[]>): Promise<void> {
    const volumes = await made;
    // What never came to be can't be removed; what can't be removed goes with the cloud.
    await docker(['rm', '--force', holderName(taskId)]).catch(() => undefined);
    if (volumes.length > 0) await docker(['volume', 'rm', '--force', ...volumes]).catch(() => undefined);
  }

  return {
    open(ground, done) {
      const volumes = ground.volumes.map((volume) => volumeName(ground.taskId, volume));
      const made = make(ground).then(
        (address) => done({ address }),
        (error: Error) => done({ problem: error.message }),
      );
      grounds.set(
        ground.taskId,
        made.then(() => volumes),
      );
    },
    close(taskId) {
      const made = grounds.get(taskId);
      if (!made) return;
      grounds.delete(taskId);
      const removal = remove(taskId, made);
      removals.add(removal);
      void removal.then(() => removals.delete(removal));
    },
    async settled() {
      await Promise.all([...grounds.values(), ...removals]);
    },
  };
}

function holderArguments(client: DockerClient, door: CloudDoor, taskId: string): string[] {
  return [
    ...['--rm', '--detach', '--log-driver=none', '--pull=never', `--network=${networkName(client)}`],
    ...[`--name=${holderName(taskId)}`, labelOf(client)],
    // Where the kernel labels files, a container may not use a socket of the machine otherwise.
    ...['--security-opt=label=disable', `--volume=${door.socket}:${SOCKET}`],
    ...[door.image, `TCP-LISTEN:${door.port},bind=127.0.0.1,backlog=${BACKLOG},fork`, `UNIX-CONNECT:${SOCKET}`],
  ];
}
