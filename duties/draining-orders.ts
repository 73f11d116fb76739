/** Reads from the cluster's status which workers are to be drained; the reconciler needs no other way to tell the farm. */
import { statusKey } from '../config-schema/keys.ts';
import type { Bucket } from './bucket.ts';
import type { Log } from './log.ts';
import { type Repeated, repeat } from './repeat.ts';

const EVERY_MS = 2_000;

/**
 * Names of the workers to drain. Looks at nothing else, so that a status of a newer bbf with fields of its own is
 * obeyed as well. Throws when there are no such lists.
 */
export function drainingIn(text: string): ReadonlySet<string> {
  const { pools } = JSON.parse(text) as { pools?: Record<string, { draining?: unknown }> };
  const lists = Object.values(pools ?? {}).map(({ draining }) => draining);
  if (pools && lists.every((list): list is string[] => Array.isArray(list))) return new Set(lists.flat());
  throw new Error('the status has no list of draining workers for each pool');
}

/** What can't be read changes nothing: the last orders stay in force. */
export function followDrainingOrders(
  bucket: Bucket,
  cluster: string,
  obey: (workers: ReadonlySet<string>) => void,
  log: Log,
): Repeated {
  let etag: string | undefined;
  return repeat('reading the status', EVERY_MS, log, async () => {
    const answer = await bucket.read(statusKey(cluster), etag);
    if (!answer) return;
    obey(drainingIn(answer.text));
    etag = answer.etag;
  });
}
