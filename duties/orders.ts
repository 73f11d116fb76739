/** Reads from the cluster's status what the farm is to know: its pools, and which workers are to be drained; the reconciler needs no other way to tell it. */
import { statusKey } from '../config-schema/keys.ts';
import type { Bucket } from './bucket.ts';
import type { Log } from './log.ts';
import { type Repeated, repeat } from './repeat.ts';

const EVERY_MS = 2_000;

type Told = Record<string, { draining?: unknown; platform?: unknown }>;

/** Nothing else is looked at, so that a status of a newer bbf with fields of its own is obeyed as well. */
const poolsOf = (text: string): Told | undefined => (JSON.parse(text) as { pools?: Told }).pools;

/** Names of the workers to drain. Throws when there are no such lists. */
export function drainingIn(text: string): ReadonlySet<string> {
  const pools = poolsOf(text);
  const lists = Object.values(pools ?? {}).map(({ draining }) => draining);
  if (pools && lists.every((list): list is string[] => Array.isArray(list))) return new Set(lists.flat());
  throw new Error('the status has no list of draining workers for each pool');
}

/** What each pool of the document offers, also one that has no worker. None in the status of an older bbf. */
export function platformsIn(text: string): Record<string, Record<string, string>> {
  const told = Object.entries(poolsOf(text) ?? {});
  return Object.fromEntries(
    told.flatMap(([pool, { platform }]) =>
      typeof platform === 'object' && platform !== null ? [[pool, platform as Record<string, string>]] : [],
    ),
  );
}

/** @param obey throws at what it can't read, which changes nothing: the last orders stay in force */
export function followOrders(bucket: Bucket, cluster: string, obey: (status: string) => void, log: Log): Repeated {
  let etag: string | undefined;
  return repeat('reading the status', EVERY_MS, log, async () => {
    const answer = await bucket.read(statusKey(cluster), etag);
    if (!answer) return;
    obey(answer.text);
    etag = answer.etag;
  });
}
