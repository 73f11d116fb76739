/** Looks after one Buildfarm worker: protected before it may work, paused when it is to drain and runs nothing, and never called idle unless it says so. */
import type { Log } from '../../duties/log.ts';
import { createScaleInGuard, type ScaleInGuard, type SetProtection } from '../../duties/scale-in-guard.ts';
import type { WorkerLoad } from './worker-load.ts';
import type { WorkerAnswer, WorkerReport } from './worker-report.ts';
import type { WorkerSwitch } from './worker-switch.ts';

interface CareParts {
  worker: Pick<WorkerReport, 'name' | 'pool' | 'slots'>;
  link: { report(report: WorkerReport): Promise<WorkerAnswer> };
  switch: WorkerSwitch;
  /** Rejects where the worker does not say. */
  load(): Promise<WorkerLoad>;
  /** Undefined where there is nothing to be protected from. */
  setProtection: SetProtection | undefined;
  /** Milliseconds. */
  now(): number;
  log: Log;
  /** Ends the task. */
  end(): void;
}

/** One look may fall between two stages of an action. */
const EMPTY_LOOKS = 2;
/**
 * Buildfarm (2.11 to 2.17) reads whether it is paused when it renews its registration, every 10 s: what it took until then is seen by the
 * look after as many.
 */
const SETTLING_LOOKS = 5;
/** Five minutes. Whoever has not said by then that it noticed its pause has lost its registration, and is drained by the clock alone: no drain is for ever. */
const ACKNOWLEDGED_LOOKS = 150;

/**
 * Buildfarm ends the pollers of its actions 60 s after a pause, and the result of an action that ends later is lost (2.15): one that is busy goes
 * on until it is not, though no longer than an action may take (`defaultActionTimeout`).
 */
const PAUSED_AFTER_MS = 3_600_000;

export class WorkerCare {
  readonly #parts: CareParts;
  readonly #guard: ScaleInGuard;
  #last: WorkerLoad = { running: 0, actions: 0, busyMs: 0, paused: undefined };
  /** Looks in a row that found nothing running, all of them after the pause. */
  #emptyLooks = 0;
  #looksSincePause = 0;
  #silence: string | undefined;
  #ending = false;
  /** When it was told to drain, milliseconds; undefined: as it was told last, it may work. */
  #drainsSince: number | undefined;

  constructor(parts: CareParts) {
    this.#parts = parts;
    const { setProtection, now, log } = parts;
    // Unprotected is only who takes nothing any more.
    const guarded: SetProtection | undefined =
      setProtection &&
      ((on, ended) => {
        // One that has not begun takes nothing, and there would be no way back.
        if (!on && parts.switch.hasBegun()) parts.switch.pause();
        return setProtection(on, ended);
      });
    this.#guard = createScaleInGuard(guarded, now, log);
  }

  begin(): Promise<void> {
    return this.#guard.begin();
  }

  /** The task ends, and the worker has ended before. */
  end(): Promise<void> {
    return this.#guard.end();
  }

  async look(): Promise<void> {
    if (this.#ending) return;
    const running = await this.#running();
    const { worker, link, switch: given } = this.#parts;
    const { actions, busyMs } = this.#last;
    let answer: WorkerAnswer;
    // Paused, and not to drain: what it has is let finish, and no slot of it is free for anything else.
    const counted = running !== null && given.isPaused() && this.#drainsSince === undefined ? worker.slots : running;
    try {
      const report = { ...worker, running: counted, protected: this.#guard.protected(), actions, busyMs };
      answer = await link.report(report);
    } catch (error) {
      await this.#guard.unanswered({ idle: !given.hasBegun() || running === 0 });
      throw error;
    }
    await this.#obey(answer, running);
  }

  async #obey({ draining }: WorkerAnswer, running: number | null): Promise<void> {
    const { switch: worker, log } = this.#parts;
    this.#drain(draining, running);
    if (!draining && worker.isPaused()) {
      if (this.#emptyLooks >= EMPTY_LOOKS) return this.#giveUp();
      // Until it noticed its pause it took work, which is let finish.
      return this.#guard.answered({ draining, idle: false });
    }
    await this.#guard.answered({ draining, idle: !worker.hasBegun() || this.#emptyLooks >= EMPTY_LOOKS });
    if (draining || worker.hasBegun() || !this.#guard.accepts()) return;
    log('the task is protected and the server answers: the worker begins', {});
    worker.begin();
  }

  #drain(draining: boolean, running: number | null): void {
    const { switch: worker, now, log } = this.#parts;
    if (draining && this.#drainsSince === undefined) log('told to drain', { running });
    this.#drainsSince = draining ? (this.#drainsSince ?? now()) : undefined;
    if (this.#drainsSince === undefined || !worker.hasBegun() || worker.isPaused()) return;
    if (running !== 0 && now() - this.#drainsSince < PAUSED_AFTER_MS) return;
    log('it drains: the worker takes nothing new', { running });
    worker.pause();
  }

  /** Buildfarm can't be told to go on, so another task takes this one's place. */
  #giveUp(): void {
    this.#ending = true;
    this.#parts.log(
      'the worker may work again, and Buildfarm knows no way back from a pause: this task ends, ECS starts another',
      {},
    );
    this.#parts.end();
  }

  /** Null: not known, as it has not begun or does not say. */
  async #running(): Promise<number | null> {
    const { switch: worker, load, log } = this.#parts;
    if (!worker.hasBegun()) return null;
    if (worker.isPaused()) this.#looksSincePause += 1;
    try {
      this.#last = await load();
      if (this.#silence !== undefined) log('the worker speaks', {});
      this.#silence = undefined;
    } catch (error) {
      const silence = error instanceof Error ? error.message : String(error);
      if (silence !== this.#silence) log('the worker is silent', { error: silence });
      this.#silence = silence;
      // What was seen empty after its pause stays so: it is told to end, and has ended before this agent.
      if (this.#emptyLooks >= EMPTY_LOOKS) return 0;
      this.#emptyLooks = 0;
      return null;
    }
    this.#emptyLooks = this.#isSettled() && this.#last.running === 0 ? this.#emptyLooks + 1 : 0;
    return this.#last.running;
  }

  /** It takes nothing any more, by its own word where it has one. */
  #isSettled(): boolean {
    if (this.#looksSincePause > ACKNOWLEDGED_LOOKS) return true;
    return this.#looksSincePause > SETTLING_LOOKS && this.#last.paused !== false;
  }
}
