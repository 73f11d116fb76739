/** What ECS needs from its surroundings, in its own words: programs, network interfaces, credentials, chance faults. */
import type { ProcessMark } from './state.ts';

export interface ContainerStart {
  taskId: string;
  containerName: string;
  image: string;
  entryPoint: string[] | undefined;
  command: string[] | undefined;
  workingDirectory: string | undefined;
  environment: Record<string, string>;
  /** Address of the task's own network interface. */
  address: string;
  /** User, or user and group, that the program runs as; undefined: the image's. */
  user: string | undefined;
  /** Whether an init process reaps what the program leaves behind, and hands signals on. */
  init: boolean;
  /** Volumes of the task, where this container sees them. */
  mounts: Mount[];
  /** Where output goes when the container has the awslogs driver. */
  log: { group: string; stream: string } | undefined;
}

export interface Mount {
  volume: string;
  path: string;
  readOnly: boolean;
}

/** What the containers of one task share. */
export interface TaskGround {
  taskId: string;
  /** Names, within the task. */
  volumes: string[];
}

export interface Probe {
  taskId: string;
  containerName: string;
  /** The program and its arguments. */
  command: string[];
  environment: Record<string, string>;
  timeoutMs: number;
}

/** Runs the containers of tasks: as processes, as containers of a Docker engine, or in memory. */
export interface TaskRuntime {
  /**
   * Makes network and volumes of a task. `done` is called once, perhaps before this returns, with the task's address (undefined: any
   * of this machine's loopback will do), or with why there is none.
   */
  open(ground: TaskGround, done: (outcome: { address?: string | undefined; problem?: string }) => void): void;
  /** Removes them again, and does nothing where there are none. The containers of the task have ended. */
  close(taskId: string): void;
  /** Gets the image. `done` is called once, perhaps before this returns, with why it can't be had or with undefined. */
  pull(image: string, done: (problem: string | undefined) => void): void;
  /**
   * Starts a container; `exited` is called once, never before this returns, with the exit code (128+n after signal n).
   * Throws when the program can't be started.
   */
  start(container: ContainerStart, exited: (exitCode: number) => void): ProcessMark | undefined;
  /** Nothing happens when the container has ended. */
  signal(taskId: string, containerName: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Runs a health check beside the container. `done` is called once. */
  probe(probe: Probe, done: (healthy: boolean) => void): void;
  /** Ends what an earlier run of the cloud has left behind. */
  reap(mark: ProcessMark): void;
}

/** A runtime whose containers are more than values. */
export interface StoppableRuntime extends TaskRuntime {
  /** SIGTERM to all, SIGKILL to those that are left after `graceMs`; resolves when all have ended. */
  stop(graceMs: number): Promise<void>;
}

interface InterfaceRequest {
  subnetId: string;
  securityGroupIds: string[];
  privateAddress: string;
  publicAddress: string | undefined;
  description: string;
}
interface AttachedInterface {
  networkInterfaceId: string;
  macAddress: string;
  privateDnsName: string;
  availabilityZone: string;
}
/** The part of EC2 that Fargate uses. Throws ServiceError when the subnet or a security group does not exist. */
export interface TaskNetwork {
  attachInterface(request: InterfaceRequest): AttachedInterface;
  detachInterface(networkInterfaceId: string): void;
}

interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}
export type IssueSession = (roleArn: string, sessionName: string, ttlSeconds: number) => Session;

/** Seams of the simulator. Members may be set and unset at any time. */
export interface EcsFaults {
  /** A reason when no task of this service can be placed now. */
  placement?: (service: {
    clusterName: string;
    serviceName: string;
    capacityProvider: string | undefined;
  }) => string | undefined;
}
