/** Buildfarm's configuration file for each kind of process of a cluster. Only keys that every release from 2.11 to 2.17 knows: an unknown one ends Buildfarm at its start. */
import type { Pool, Spec } from '../../config-schema/documents.ts';
import { LOOPBACK_PORTS, METRICS_PORT, STORAGE_METRICS_PORT, WORKER_PORT } from '../farm-ports.ts';
import { type Queue, queuesOf, takenFrom } from './queues.ts';

/** The worker's root and the cache in it; actions see nothing else of bbf. */
const WORKER_ROOT = '/work/root';
const STORAGE_ROOT = '/var/lib/buildfarm';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
/** Fargate gives a task so much, and counts images and logs in. */
const FREE_DISK_GIB = 20;
/** Of the server's disk: images of five containers, unpacked, and what is being uploaded. */
const SERVER_RESERVE_GIB = 6;
/**
 * Besides, of its disk: Buildfarm counts bytes of blobs, and the disk blocks of 4 KiB, of which a blob wastes half a one. So this is enough
 * for blobs of 20 KiB and more on average, and for the file system's own tables. A full disk is an error before Buildfarm makes room.
 */
const SERVER_RESERVE_SHARE = 0.1;
/** Of a worker's disk for inputs that may be used again; the rest is for the actions' own files and the image. */
const WORKER_CACHE_SHARE = 0.4;
/**
 * Fargate kills after 120 s. Buildfarm looks every 30 s whether it is empty, so this is three looks, and 10 s to end take their time. An
 * action has 60 s of them: then its stage ends what renews its lease, and can't hand on its result any more (SuperscalarPipelineStage.close).
 */
const WORKER_GRACE_SECONDS = 90;
/** Buildfarm gives an action's inputs a minute, and ends the action when that was too short more than three times: a new worker has none of a toolchain of gigabytes. */
const INPUT_FETCH_SECONDS = 3_600;
const SERVER_GRACE_SECONDS = 20;

/** What a server, a storage worker and a worker say alike. */
function common(queues: Queue[], metricsPort: number): object {
  return {
    digestFunction: 'SHA256',
    // Actions of a build carry no time limit, and Buildfarm's own of 600 s ends long links.
    defaultActionTimeout: 3_600,
    maximumActionTimeout: 7_200,
    maxEntrySizeBytes: 4 * GIB,
    prometheusPort: metricsPort,
    backplane: {
      redisUri: `redis://127.0.0.1:${LOOPBACK_PORTS.backplane}`,
      ...(queues.length > 0 && { queues: queues.map(({ pool: _, ...queue }) => queue) }),
    },
  };
}

export function serverConfiguration(spec: Spec): object {
  return {
    ...common(queuesOf(spec.pools), METRICS_PORT),
    server: {
      name: 'shard',
      port: LOOPBACK_PORTS.server,
      bindAddress: '127.0.0.1',
      maxInboundMessageSizeBytes: 16 * MIB,
      gracefulShutdownSeconds: SERVER_GRACE_SECONDS,
    },
  };
}

/** The one worker that keeps blobs, beside the server. */
export function storageConfiguration(spec: Spec): object {
  const { storage: port } = LOOPBACK_PORTS;
  const disk = spec.server.diskGiB ?? FREE_DISK_GIB;
  const cacheGiB = disk * (1 - SERVER_RESERVE_SHARE) - SERVER_RESERVE_GIB;
  return {
    ...common([], STORAGE_METRICS_PORT),
    worker: {
      port,
      publicName: `127.0.0.1:${port}`,
      root: STORAGE_ROOT,
      capabilities: { cas: true, execution: false },
      storages: [{ type: 'FILESYSTEM', path: 'cache', maxSizeBytes: Math.floor(cacheGiB * GIB) }],
      sandboxSettings: { alwaysUseCgroups: false },
    },
  };
}

/** An execute-only worker of a pool. Its name is left empty: the image's entry point puts the task's address there. */
export function workerConfiguration(spec: Spec, name: string, pool: Pool): object {
  const own = queuesOf(spec.pools).filter((queue) => queue.pool === name);
  return {
    ...common(own, METRICS_PORT),
    worker: {
      port: WORKER_PORT,
      publicName: '',
      root: WORKER_ROOT,
      capabilities: { cas: false, execution: true },
      executeStageWidth: pool.slots,
      inputFetchStageWidth: Math.max(1, Math.ceil(pool.slots / 2)),
      inputFetchDeadline: INPUT_FETCH_SECONDS,
      gracefulShutdownSeconds: WORKER_GRACE_SECONDS,
      dequeueMatchSettings: { allowUnmatched: true, properties: takenFrom(own) },
      storages: [
        { type: 'FILESYSTEM', path: 'cache', maxSizeBytes: Math.floor(pool.diskGiB * WORKER_CACHE_SHARE) * GIB },
      ],
      // Fargate lets nobody write cgroups.
      sandboxSettings: { alwaysUseCgroups: false },
    },
  };
}

/**
 * The text of the file. JSON is YAML, needs no library in the reconciler, and has no line breaks that an environment variable
 * could lose.
 */
export const configurationText = (configuration: object): string => JSON.stringify(configuration);

/** Of one JVM: a quarter of the task, as server, storage and backplane have one each and leave one to the rest, and a worker shares it with the compilers. */
export const heapMiB = (memoryMiB: number): number => Math.min(2_048, Math.max(256, Math.floor(memoryMiB / 4)));
