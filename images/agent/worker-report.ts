/** What the agents of workers tell the agent of the server, and are answered. */

export interface WorkerReport {
  /** ECS task id. */
  name: string;
  pool: string;
  slots: number;
  /** Actions that the worker has; null while that is not known: it has not started yet, or does not say. */
  running: number | null;
  /** Its task is protected from scale-in, or might be. */
  protected: boolean;
  /** Since the worker started. */
  actions: number;
  busyMs: number;
}

export interface WorkerAnswer {
  /** Take nothing new. */
  draining: boolean;
}

/** Where reports are sent to, by POST. */
export const REPORT_PATH = '/workers';

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && Number.isFinite(value);

/** Undefined for anything else than a report. */
export function reportIn(text: string): WorkerReport | undefined {
  let report: Partial<WorkerReport> | null;
  try {
    report = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof report !== 'object' || report === null) return undefined;
  const { name, pool, slots, running, protected: isProtected, actions, busyMs } = report;
  if (typeof name !== 'string' || typeof pool !== 'string' || typeof isProtected !== 'boolean') return undefined;
  if (!isCount(slots) || slots < 1 || (running !== null && !isCount(running))) return undefined;
  if (!isCount(actions) || !isCount(busyMs)) return undefined;
  return { name, pool, slots, running, protected: isProtected, actions, busyMs };
}
