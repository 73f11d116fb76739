/** Writes activity.json: soon after something changed, and now and then when nothing did, so that silence means trouble. */
import type { Activity } from '../config-schema/documents.ts';
import { activityKey } from '../config-schema/keys.ts';
import { isNews } from './activity.ts';
import type { Bucket } from './bucket.ts';
import type { Log } from './log.ts';
import { type Repeated, repeat } from './repeat.ts';

/** At most one write in this time; the reconciler looks every few seconds at most. */
const CHECK_MS = 1_000;

/** @param current rejects where the farm is silent: then nothing is written, and the reconciler takes silence for work */
export function reportActivity(
  bucket: Bucket,
  cluster: string,
  current: () => Activity | Promise<Activity>,
  log: Log,
): Repeated {
  let last: { activity: Activity; at: number } | undefined;
  return repeat('the activity report', CHECK_MS, log, async () => {
    const activity = await current();
    const at = Date.now();
    if (last && !isNews(activity, last.activity, at - last.at)) return;
    await bucket.write(activityKey(cluster), `${JSON.stringify(activity)}\n`);
    last = { activity, at };
  });
}
