/** How long the steps of a task and the patience of the service scheduler take, in milliseconds. */

export interface Timing {
  /** PROVISIONING: the network interface is made and attached. */
  provisionMs: number;
  /** PENDING: images are pulled. */
  pullMs: number;
  /** ACTIVATING: between the start of the containers and RUNNING. */
  activateMs: number;
  /** Between the order to stop and SIGTERM. */
  deactivateMs: number;
  /** DEPROVISIONING: the network interface is removed. */
  deprovisionMs: number;
  /** A task without health checks counts as healthy so long after RUNNING. */
  healthyAfterMs: number;
  /** Least time between the unexpected end of a task and its replacement. */
  replacementMs: number;
  /** Wait after the first start that failed; it doubles with each further one up to the longest. */
  backOffFirstMs: number;
  backOffLongestMs: number;
}

/**
 * As on AWS: the sample of the developer guide's page on task state change events (created :13.9, pulled :24.2 to
 * :33.5, running :34.3), 40 s until healthy (API reference, minimumHealthyPercent), at most 27 minutes between
 * starts (service throttle logic). Replacement and first back-off are estimates from published service events.
 */
export const AWS_TIMING: Timing = {
  provisionMs: 10_300,
  pullMs: 9_300,
  activateMs: 800,
  deactivateMs: 500,
  deprovisionMs: 10_000,
  healthyAfterMs: 40_000,
  replacementMs: 5_000,
  backOffFirstMs: 15_000,
  backOffLongestMs: 27 * 60_000,
};

/** For people who wait: a task runs within 30 ms of being wanted, a broken one is retried at least every minute. */
export const LOCAL_TIMING: Timing = {
  provisionMs: 10,
  pullMs: 10,
  activateMs: 5,
  deactivateMs: 5,
  deprovisionMs: 10,
  healthyAfterMs: 250,
  replacementMs: 1_000,
  backOffFirstMs: 1_000,
  backOffLongestMs: 60_000,
};
