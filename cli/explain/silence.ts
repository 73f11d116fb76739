/** How long a reconciler that lives may leave a status as it is. */
import { HEARTBEAT_MS } from '../../reconciler/core/report.ts';

const MINUTE_MS = 60_000;
/** Periods of the two schedules of the foundation (templates/reconciler.ts). */
export const FAST_SCHEDULE_MS = MINUTE_MS;
export const SLOW_SCHEDULE_MS = 15 * MINUTE_MS;
/** An invocation begins up to a minute late (EventBridge's schedules have that precision), and a pass takes a while. */
const TOLERANCE_MS = 2 * MINUTE_MS;

/** The first look after the heartbeat is due writes it. */
export const silenceLimitMs = (awake: boolean): number =>
  HEARTBEAT_MS + (awake ? FAST_SCHEDULE_MS : SLOW_SCHEDULE_MS) + TOLERANCE_MS;
