/** Stands for a Buildfarm process as an agent sees it: metrics in Prometheus' text, and a worker that obeys the files of its volume. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

interface ServerState {
  prequeued: number;
  queues: Record<string, number>;
  dispatched: number;
  accepted: number;
}

/** As Java's Prometheus client prints them: gauges and counters as floats, counters with `_total` and the time of their making. */
const gauge = (name: string, value: number) => `# HELP ${name} ${name}\n# TYPE ${name} gauge\n${name} ${value}.0\n`;
const counter = (name: string, value: number) =>
  `# HELP ${name}_total ${name}\n# TYPE ${name}_total counter\n${name}_total ${value}.0\n${name}_created 1.7932896E9\n`;

export const serverMetrics = ({ prequeued, queues, dispatched, accepted }: ServerState): string =>
  [
    gauge('pre_queue_size', prequeued),
    '# HELP queue_size Queue size.\n# TYPE queue_size gauge\n',
    ...Object.entries(queues).map(([name, size]) => `queue_size{queue_name="${name}",} ${size}.0\n`),
    gauge('dispatched_operations_size', dispatched),
    gauge('worker_pool_size', 1),
    counter('execution_success', accepted),
  ].join('');

const workerMetrics = (running: number, done: number, paused: boolean): string =>
  [
    gauge('execution_slots_total', 4),
    gauge('execution_slot_usage', running),
    gauge('input_fetch_slots_total', 2),
    gauge('input_fetch_slot_usage', 0),
    `# HELP execution_time_ms Execution time in ms.\n# TYPE execution_time_ms histogram\nexecution_time_ms_bucket{le="+Inf",} ${done}.0\n`,
    `execution_time_ms_count ${done}.0\nexecution_time_ms_sum ${done * 250}.0\n`,
    counter('completed_operations', done),
    counter('worker_paused', paused ? 1 : 0),
  ].join('');

/** Answers with what `text` says at the time; undefined: it hangs up, as a process that is gone. */
async function openMetrics(text: () => string | undefined) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    const body = text();
    if (body === undefined) response.destroy();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    metricsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    /** How often. */
    asked: () => asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export async function startServerDouble() {
  const state: ServerState & { silent: boolean } = {
    prequeued: 0,
    queues: {},
    dispatched: 0,
    accepted: 0,
    silent: false,
  };
  return { state, ...(await openMetrics(() => (state.silent ? undefined : serverMetrics(state)))) };
}

/** @param workDirectory the volume that agent and worker share */
export async function startWorkerDouble(workDirectory: string) {
  let running = 0;
  let done = 0;
  const state = { silent: false };
  const hasBegun = () => existsSync(join(workDirectory, 'ready'));
  const isPaused = () => existsSync(join(workDirectory, 'root/.paused'));
  const open = await openMetrics(() =>
    state.silent || !hasBegun() ? undefined : workerMetrics(running, done, isPaused()),
  );
  return {
    ...open,
    state,
    hasBegun,
    isPaused,
    /** Takes one action if it may; answers whether it did. */
    take(): boolean {
      if (!hasBegun() || isPaused()) return false;
      running += 1;
      return true;
    },
    finish(): void {
      running -= 1;
      done += 1;
    },
  };
}
