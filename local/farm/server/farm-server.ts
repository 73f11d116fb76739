/** The farm's server: Remote Execution API for clients, and work for workers, on one port of mutual TLS or behind a gateway. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import type { TlsMaterial } from '../../../reconciler/access/tls-material.ts';
import type { PlainPorts } from '../behind-gateway.ts';
import type { FarmDemand } from '../scheduler/demand.ts';
import { offeredBy, type Properties } from '../scheduler/platform.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { openActionCache } from '../store/action-cache.ts';
import { openBlobStore } from '../store/blob-store.ts';
import { createTreeReader } from '../store/input-tree.ts';
import type { ExecuteResponse } from '../wire/messages.ts';
import { actionCacheService } from './action-cache-service.ts';
import { type ActionJob, type ActionWork, givenUp, unwanted } from './action-work.ts';
import { byteStreamService } from './byte-stream-service.ts';
import { createByteTransfer } from './byte-transfer.ts';
import { addService } from './calls.ts';
import { capabilitiesService } from './capabilities.ts';
import { casService } from './cas-service.ts';
import { type Connections, listen } from './connections.ts';
import { executionService } from './execution-service.ts';
import { createWatchers } from './operations.ts';
import { listenPlain } from './plain-ports.ts';
import { newTotals, type Totals } from './totals.ts';
import { createWorkersService } from './workers-service.ts';

type FarmServerSettings = FarmSettings & FarmPorts;

export type FarmPorts = TlsPort | { plainPorts: PlainPorts };

interface TlsPort {
  address: string;
  /** 0: any. */
  port: number;
  tls: TlsMaterial;
}

interface FarmSettings {
  /** Certificates of other clusters are refused. */
  cluster: string;
  /** Where blobs and results lie; created if need be. */
  directory: string;
  /** Size of all blobs at which the least recently used are removed. */
  maxBlobBytes: number;
}

export interface FarmServer {
  port: number;
  demand(): FarmDemand;
  totals: Readonly<Totals>;
  /** Names of the workers that shall take nothing new. */
  setDraining(workers: ReadonlySet<string>): void;
  /** What the document declares of each pool. */
  setPools(platforms: Readonly<Record<string, Properties>>): void;
  setTls(material: TlsMaterial): void;
  close(): Promise<void>;
}

/** A result is some hundred bytes: room for about a million. */
const MAX_RESULT_BYTES = 512 * 1024 * 1024;

/**
 * Lease: a poll answered is followed by the next within milliseconds. Grace after a broken connection: a new one takes
 * a moment. Unwanted: Bazel's first retry comes after 0.1 s, its later ones within 5 s. Rest: time for another worker.
 */
const times = { pollTimeoutMs: 10_000, disconnectGraceMs: 2_000, unwantedMs: 5_000, rememberMs: 60_000, restMs: 3_000 };
const MAX_LOSSES = 3;
const TICK_MS = 500;
const KEEP_ALIVE_MS = 20_000;

/** Pings find workers and clients that vanished without a word. FindMissingBlobs and batches come in large messages. */
const grpcOptions = {
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc.max_send_message_length': -1,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
};

function openParts(settings: FarmSettings) {
  const now = () => Date.now();
  mkdirSync(settings.directory, { recursive: true });
  const blobs = openBlobStore({ directory: join(settings.directory, 'cas'), maxBytes: settings.maxBlobBytes });
  const cache = openActionCache({ directory: join(settings.directory, 'ac'), maxBytes: MAX_RESULT_BYTES, blobs });
  const trees = createTreeReader(blobs);
  const totals = newTotals();
  const onChange = (job: ActionJob) => {
    if (job.state === 'done') blobs.unpin(job.work.pinned);
    watchers.changed(job);
  };
  const onOrders = (worker: string) => workers.deliver(worker);
  const scheduler = new Scheduler<ActionWork, ExecuteResponse>(
    { ...times, maxLosses: MAX_LOSSES, givenUp, unwanted, onChange, onOrders },
    now(),
  );
  const watchers = createWatchers({
    attach: (job) => scheduler.attach(job),
    detach: (job) => scheduler.detach(job, now()),
  });
  const workers = createWorkersService({ scheduler, blobs, cache, totals, now });
  return { now, blobs, cache, trees, totals, scheduler, watchers, workers, uuid: randomUUID };
}

/** Ready when its promise resolves. Throws when the port or the directory can't be had. */
export async function createFarmServer(settings: FarmServerSettings): Promise<FarmServer> {
  const parts = openParts(settings);
  const { blobs, cache, totals, scheduler, watchers } = parts;
  const server = new Server(grpcOptions);
  const identityOf = (peer: string) => connections.identityOf(peer);
  const services = [
    capabilitiesService,
    casService(blobs),
    byteStreamService(createByteTransfer(blobs)),
    actionCacheService(cache, totals),
    executionService(parts),
    parts.workers.service,
  ];
  for (const service of services) addService(server, service, identityOf);
  const connections: Connections =
    'tls' in settings ? await listen(server, settings) : await listenPlain(server, settings);
  const timers = [
    setInterval(() => scheduler.tick(parts.now()), TICK_MS),
    setInterval(() => watchers.keepAlive(), KEEP_ALIVE_MS),
  ];
  return {
    port: connections.port,
    totals,
    demand: () => scheduler.demand(),
    setDraining: (workers) => scheduler.setDraining(workers),
    setPools: (platforms) => scheduler.setPools(offeredBy(platforms, process.arch)),
    setTls: (material) => connections.setTls(material),
    async close() {
      for (const timer of timers) clearInterval(timer);
      server.forceShutdown();
      await connections.close();
    },
  };
}
