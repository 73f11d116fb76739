/** What the agents of workers tell the agent of the server, and are answered. */
import { NAME_PATTERN } from '../../config-schema/cluster.schema.ts';
import { SLOTS_MAX } from '../../config-schema/schema-parts.ts';

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

const TASK_ID = /^[A-Za-z0-9-]{1,64}$/;
const POOL = new RegExp(NAME_PATTERN);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isDuration = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;

/** Undefined for anything else than a report: actions share the network of the worker's task, and may send what they like. */
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
  if (!TASK_ID.test(name) || !POOL.test(pool)) return undefined;
  if (!isCount(slots) || slots < 1 || slots > SLOTS_MAX || (running !== null && !isCount(running))) return undefined;
  if (!isCount(actions) || !isDuration(busyMs)) return undefined;
  return { name, pool, slots, running, protected: isProtected, actions, busyMs };
}
