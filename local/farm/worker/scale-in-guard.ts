/** Keeps this worker's task protected from scale-in while it may work, and unprotected once it is drained. */

/** Rejects when the answer was no. */
export type SetProtection = (on: boolean) => Promise<void>;

export interface ScaleInGuard {
  /** Work may be taken: the task is protected, or can't be and is not being drained. */
  accepts(): boolean;
  protected(): boolean;
  /** Brings protection to what it should be. A failure is logged, and tried again at the next call after a while. */
  update(state: { draining: boolean; on: boolean }): Promise<void>;
}

const RETRY_MS = 10_000;

export function createScaleInGuard(
  setProtection: SetProtection | undefined,
  log: (message: string, values: Record<string, unknown>) => void,
): ScaleInGuard {
  let isProtected = false;
  let draining = false;
  let notBefore = 0;

  async function set(on: boolean): Promise<void> {
    if (!setProtection || on === isProtected || Date.now() < notBefore) return;
    try {
      await setProtection(on);
      isProtected = on;
    } catch (error) {
      // A task that can't be protected may still work: at worst ECS stops it early, and its actions run again elsewhere.
      notBefore = Date.now() + RETRY_MS;
      log('task protection', { on, error: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    accepts: () => !draining && (isProtected || !setProtection || notBefore > 0),
    protected: () => isProtected,
    async update(state) {
      draining = state.draining;
      await set(state.on);
    },
  };
}
