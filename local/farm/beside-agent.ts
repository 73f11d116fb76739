/** A task whose agent has its duties, as beside Buildfarm: what the agent reads of the farm's programs, and the file by which it pauses a worker. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Demand } from '../../duties/activity.ts';
import type { Log } from '../../duties/log.ts';
import { type Repeated, repeat } from '../../duties/repeat.ts';
import type { WorkerLoad } from './worker/farm-worker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Buildfarm tells its metrics, so that is where the agent asks. */
const METRICS_PORT = 9090;

/**
 * False unless `BBF_DUTIES` is `agent`: then activity, draining and protection are left to it.
 * @throws on any other value
 */
export function agentHasDuties({ BBF_DUTIES }: Environment): boolean {
  if (!BBF_DUTIES || BBF_DUTIES === 'agent') return BBF_DUTIES === 'agent';
  throw new Error(`BBF_DUTIES is ${JSON.stringify(BBF_DUTIES)}; expected agent, or nothing`);
}

type Samples = Record<string, number>;

/** Under the names of Buildfarm's server. There is no count of what was accepted: these are never behind, as Buildfarm's are. */
export const serverMetrics = ({ pools, running }: Pick<Demand, 'pools' | 'running'>): Samples => ({
  pre_queue_size: 0,
  dispatched_operations_size: running,
  ...Object.fromEntries(
    Object.entries(pools).map(([pool, { queued }]) => [`queue_size{queue_name=${JSON.stringify(pool)}}`, queued]),
  ),
});

/** Under the names of Buildfarm's worker. */
export const workerMetrics = ({ running, actions, busyMs, paused }: WorkerLoad): Samples => ({
  execution_slot_usage: running,
  completed_operations_total: actions,
  execution_time_ms_sum: busyMs,
  worker_paused_total: paused ? 1 : 0,
});

/** Tells them in Prometheus' text format on loopback. Rejects when the port is taken. */
export function tellMetrics(samples: () => Samples, port = METRICS_PORT): Promise<{ port: number; close(): void }> {
  const server = createServer((_request, response) => {
    const lines = Object.entries(samples()).map(([name, value]) => `${name} ${value}\n`);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { port: number }).port,
        close() {
          server.close();
          server.closeAllConnections();
        },
      }),
    );
  });
}

/** As often as Buildfarm looks. */
const LOOK_MS = 1_000;

/** @param workDirectory the volume that worker and agent share */
export function obeyPause(workDirectory: string, pause: () => void, log: Log): Repeated {
  const file = join(workDirectory, 'root', '.paused');
  let paused = false;
  return repeat('looking for the pause', LOOK_MS, log, async () => {
    if (paused || !existsSync(file)) return;
    paused = true;
    log('paused: takes nothing new', { file });
    pause();
  });
}
