/** The local cloud as a process: real time, programs or containers as tasks, state on disk, a port. */
import { join } from 'node:path';
import { type Cloud, createCloud } from './cloud.ts';
import { createDiskBlobs } from './disk-blobs.ts';
import { createDockerRuntime } from './ecs/docker-runtime.ts';
import type { ImageTable } from './ecs/image-table.ts';
import { createProcessRuntime as createTaskProcesses } from './ecs/process-runtime.ts';
import { type Front, openFront } from './front.ts';
import type { WireResponse } from './kernel.ts';
import { createProcessRuntime as createFunctionProcesses } from './lambda/process-runtime.ts';
import { createPersistence } from './persistence.ts';
import { createRealWorld } from './real-world.ts';
import { holdStateDirectory } from './state-directory.ts';

export interface ProgramSettings {
  /** 0 for any that is free. */
  port: number;
  stateDirectory: string;
  /** Where the built programs of the farm and Lambda's bootstrap are. */
  programDirectory: string;
  /** What tasks are: programs of this machine, which stand for the images, or containers of a Docker engine. */
  tasks: 'processes' | 'docker';
  /** What programs inherit, and where Docker's client finds its engine. */
  environment: Record<string, string | undefined>;
  region: string;
  /** Twelve digits. */
  account: string;
  report(message: string): void;
}

/** Holds the network of each task that is containers; `bbf local up` builds it. */
const TASK_NETWORK_IMAGE = 'bbf/task-network';
const socketIn = (stateDirectory: string) => join(stateDirectory, 'tasks.sock');

/** What tasks get between SIGTERM and SIGKILL when the cloud itself ends. */
const TASK_GRACE_MS = 5_000;

/** Rejects with `StateHeld`, or with Node's error when the port can't be had. */
export async function startProgram(settings: ProgramSettings): Promise<{ port: number; stop(): Promise<void> }> {
  const directory = await holdStateDirectory(settings.stateDirectory);
  let running: Awaited<ReturnType<typeof assemble>> | undefined;
  const notReady: WireResponse = {
    status: 503,
    headers: { 'content-type': 'text/plain' },
    body: 'The local cloud is starting.',
  };
  let front: Front | undefined;
  try {
    const opened = await openFront({
      port: settings.port,
      socket: settings.tasks === 'docker' ? socketIn(settings.stateDirectory) : undefined,
      handle: (request) => running?.cloud.handle(request) ?? Promise.resolve(notReady),
    });
    front = opened;
    running = assemble(settings, opened.port);
    directory.publish(opened.port, settings.tasks, running.cloud.services.iam.localCredentials(), settings.region);
    const { stop } = running;
    return {
      port: opened.port,
      async stop() {
        await stop(() => opened.close());
        directory.release();
      },
    };
  } catch (error) {
    await front?.close();
    directory.release();
    throw error;
  }
}

function assemble(settings: ProgramSettings, port: number) {
  const { stateDirectory: at, programDirectory, environment, region, account, report } = settings;
  const endpoint = `http://127.0.0.1:${port}`;
  const blobs = createDiskBlobs(join(at, 'blobs'));
  const persistence = createPersistence({
    directory: join(at, 'state'),
    snapshot: () => cloud.snapshot(),
    saved: () => blobs.sweep(),
    report,
  });
  const failed = (where: string, error: unknown) => report(`${where}: ${error instanceof Error ? error.stack : error}`);
  const world = createRealWorld({ region, account, changed: persistence.changed, failed });
  const appendLog = (group: string, stream: string, line: string) => cloud.services.logs.append(group, stream, line);
  const tasks =
    settings.tasks === 'docker'
      ? createDockerRuntime({
          environment,
          owner: at,
          door: { image: TASK_NETWORK_IMAGE, socket: socketIn(at), port },
          appendLog,
        })
      : createTaskProcesses({
          images: images(programDirectory),
          environment,
          scratchDirectory: join(at, 'tasks'),
          appendLog,
        });
  const functions = createFunctionProcesses({
    bootstrap: join(programDirectory, 'lambda-bootstrap.mjs'),
    cacheDirectory: join(at, 'functions'),
    region,
    endpointUrl: endpoint,
    uuid: world.uuid,
  });
  const unexpected: Parameters<typeof createCloud>[0]['unexpected'] = (error, { method, path }) =>
    failed(`${method} ${path}`, error);
  const saved = persistence.load();
  const cloud: Cloud = createCloud({ world, blobs, tasks, functions, endpoint, saved, unexpected });
  cloud.resume();

  /** Tasks and functions may still speak to the cloud while they end; nothing new is begun. */
  async function stop(closePort: () => Promise<void>): Promise<void> {
    world.stop();
    await Promise.all([tasks.stop(TASK_GRACE_MS), functions.stop()]);
    await closePort();
    persistence.flush();
  }
  return { cloud, stop };
}

/** The images that set-up names on the local cloud. */
function images(directory: string): ImageTable {
  return {
    'bbf/farm-server': [process.execPath, join(directory, 'farm-server.mjs')],
    'bbf/farm-worker': [process.execPath, join(directory, 'farm-worker.mjs')],
  };
}
