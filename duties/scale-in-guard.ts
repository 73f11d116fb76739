/** Keeps this worker's task protected from scale-in while it may work, and unprotected once nobody can need it. */

/**
 * Rejects with `ProtectionRefused` when the answer was no, with anything else when it is not known what became of it. `ended`: a protection
 * that was set could not be renewed until it ended.
 */
export type SetProtection = (on: boolean, ended?: () => void) => Promise<void>;

/** ECS left the protection as it was. */
export class ProtectionRefused extends Error {}

export interface ScaleInGuard {
  /** Work may be taken: the task is known to be protected, or there is nothing to protect it from, and is not being drained. */
  accepts(): boolean;
  /** The task is protected, or might be. */
  protected(): boolean;
  /** At the start: before there are orders. */
  begin(): Promise<void>;
  /** The server has answered. `idle`: nothing runs here, and every result was reported. */
  answered(state: { draining: boolean; idle: boolean }): Promise<void>;
  /** The server has not answered. `idle`: nothing runs here. */
  unanswered(state: { idle: boolean }): Promise<void>;
  /** At the end. */
  end(): Promise<void>;
}

const RETRY_MS = 10_000;
/**
 * A server that ECS replaces is back earlier: Fargate takes up to a minute and a half to start its task, and the JVMs in it another two to
 * answer. A worker without one can't be drained by its word, so it gives itself up.
 */
const ALONE_MS = 300_000;

class Guard implements ScaleInGuard {
  readonly #setProtection: SetProtection | undefined;
  readonly #now: () => number;
  readonly #log: (message: string, values: Record<string, unknown>) => void;
  #isProtected = false;
  /** False after a call of which the outcome is not known, and once a protection could not be renewed. */
  #isSure = true;
  #mayWork = true;
  #notBefore = 0;
  #answeredAt: number;

  constructor(...[setProtection, now, log]: Parameters<typeof createScaleInGuard>) {
    this.#setProtection = setProtection;
    this.#now = now;
    this.#log = log;
    this.#answeredAt = now();
  }

  accepts(): boolean {
    return this.#mayWork && (!this.#setProtection || (this.#isProtected && this.#isSure));
  }

  protected(): boolean {
    return this.#isProtected || !this.#isSure;
  }

  begin(): Promise<void> {
    return this.#set(true);
  }

  async answered({ draining, idle }: { draining: boolean; idle: boolean }): Promise<void> {
    this.#answeredAt = this.#now();
    this.#mayWork = !draining;
    await this.#set(!(draining && idle));
  }

  async unanswered({ idle }: { idle: boolean }): Promise<void> {
    if (!idle || this.#now() - this.#answeredAt < ALONE_MS) return;
    this.#mayWork = false;
    await this.#set(false);
  }

  async end(): Promise<void> {
    this.#mayWork = false;
    this.#notBefore = 0;
    await this.#set(false);
  }

  async #set(on: boolean): Promise<void> {
    const isSo = this.#isSure && on === this.#isProtected;
    if (!this.#setProtection || isSo || this.#now() < this.#notBefore) return;
    try {
      await this.#setProtection(on, () => {
        this.#isSure = false;
        this.#log('task protection was not renewed and has ended', {});
      });
      this.#isProtected = on;
      this.#isSure = true;
    } catch (error) {
      if (!(error instanceof ProtectionRefused)) this.#isSure = false;
      this.#notBefore = this.#now() + RETRY_MS;
      this.#log('task protection', { on, error: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** @param now milliseconds. A call that fails is logged, and tried again after 10 s when it is still wanted. */
export function createScaleInGuard(
  setProtection: SetProtection | undefined,
  now: () => number,
  log: (message: string, values: Record<string, unknown>) => void,
): ScaleInGuard {
  return new Guard(setProtection, now, log);
}
