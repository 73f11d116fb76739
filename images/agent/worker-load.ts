/** How busy the Buildfarm worker beside this agent is, from its metrics. */
import { type Metrics, readMetrics } from './metrics.ts';

export interface WorkerLoad {
  /** Actions that it has. */
  running: number;
  /** Since it started. */
  actions: number;
  busyMs: number;
  /** It has noticed its pause, and takes nothing any more; undefined where it does not say. */
  paused: boolean | undefined;
}

/** With the pause between two reports less than it takes the server's agent to miss one. */
const TIMEOUT_MS = 2_000;

/** Rejects where it does not say: then nobody may think that it is idle. */
export async function readLoad(url: string): Promise<WorkerLoad> {
  return loadIn(await readMetrics(url, TIMEOUT_MS));
}

/** Names are those of Buildfarm's worker, 2.11 to 2.17. @throws Error where they are missing: what answers is not that worker */
export function loadIn(metrics: Metrics): WorkerLoad {
  const executing = metrics.sum('execution_slot_usage');
  if (executing === undefined)
    throw new Error('the metrics have no execution_slot_usage; they are not of a Buildfarm worker');
  // An action that still fetches its inputs is taken, too, and one that uploads its outputs is not done: in a stage of its own from 2.12 on.
  const fetching = metrics.sum('input_fetch_slot_usage') ?? 0;
  const reporting = metrics.sum('report_result_slot_usage') ?? 0;
  const paused = metrics.sum('worker_paused');
  return {
    running: executing + fetching + reporting,
    actions: metrics.sum('completed_operations') ?? 0,
    busyMs: metrics.sum('execution_time_ms_sum') ?? 0,
    paused: paused === undefined ? undefined : paused >= 1,
  };
}
