/** Jobs in line, first come first served among those that a worker can run. */
import type { Job } from './job.ts';
import { matches, type Properties } from './platform.ts';

export interface JobQueue<J> {
  /** A job that was in line before takes its old place again. */
  add(job: J): void;
  remove(job: J): void;
  /** Takes out the first job in line that fits these properties. */
  take(offered: Properties): J | undefined;
  jobs(): Iterable<J>;
  readonly size: number;
}

type Queued = Pick<Job<unknown, unknown>, 'platform' | 'platformKey' | 'order'>;

/** One line for each platform that actions ask for, of which there are few, so taking never looks at every job. */
export function createQueue<J extends Queued>(): JobQueue<J> {
  const lines = new Map<string, J[]>();
  let size = 0;

  function drop(line: J[], index: number): void {
    const [job] = line.splice(index, 1);
    size -= 1;
    if (job && line.length === 0) lines.delete(job.platformKey);
  }

  return {
    get size() {
      return size;
    },
    add(job) {
      const line = lines.get(job.platformKey) ?? [];
      lines.set(job.platformKey, line);
      let at = line.length;
      while (at > 0 && (line[at - 1]?.order ?? 0) > job.order) at -= 1;
      line.splice(at, 0, job);
      size += 1;
    },
    remove(job) {
      const line = lines.get(job.platformKey);
      const at = line?.indexOf(job) ?? -1;
      if (line && at >= 0) drop(line, at);
    },
    take(offered) {
      let first: J | undefined;
      for (const [head] of lines.values()) {
        if (head && matches(offered, head.platform) && (!first || head.order < first.order)) first = head;
      }
      const line = first && lines.get(first.platformKey);
      if (line) drop(line, 0);
      return first;
    },
    *jobs() {
      for (const line of lines.values()) yield* line;
    },
  };
}
