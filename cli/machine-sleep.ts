/** How a program tells that the machine slept under it. */

/**
 * A timer that fires this much late, milliseconds, fires after a sleep, or nearly one: while a machine sleeps its timers stand still and its
 * clock does not (Linux: timer(7) runs on CLOCK_MONOTONIC). The shortest life of a lease.
 */
export const ASLEEP_MS = 5000;
