/** Tries again what AWS refused because another request for the same thing was under way, as it says to. */
import type { Time } from '../ports.ts';
import { isCollision } from './errors.ts';

/** The other request is over within some ten milliseconds: who is refused three times meets something else. */
const TRIES = 3;
const PAUSE_MS = 100;

/** @throws the call's own error, and that of the last try whatever it is */
export async function pastCollisions<T>({ wait }: Pick<Time, 'wait'>, call: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0 || !isCollision(error)) throw error;
      await wait(PAUSE_MS);
    }
  }
}
