/** Watches a running build for actions that no pool can run: they wait for ever, and Bazel can't say why. */
import type { Activity } from '../../config-schema/documents.ts';

const EVERY_MS = 15_000;

/**
 * Says it once, when two looks in a row show some.
 * @returns how to stop looking
 */
export function watchUnmatched(
  readActivity: () => Promise<Activity | null>,
  pools: readonly string[],
  note: (text: string) => void,
): () => void {
  let before = 0;
  const timer = setInterval(() => {
    readActivity().then(
      (activity) => {
        const now = activity?.pools['']?.queued ?? 0;
        if (now > 0 && before > 0) {
          clearInterval(timer);
          note(
            `${now} actions ask for a platform that no pool has (${pools.join(', ')}), and wait for ever: bbf pools shows what each offers`,
          );
        }
        before = now;
      },
      () => {},
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
