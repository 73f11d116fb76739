/** Reads what the farm last reported of itself, at the cost of one small request while it does not change. */
import type { Activity } from '../../config-schema/documents.ts';
import { activityKey } from '../../config-schema/keys.ts';
import type { Documents } from '../documents.ts';

/** null where no farm has reported, or in a form that this bbf does not know: it is an extra, never a reason to fail. */
export function activityReader(documents: Documents, cluster: string): () => Promise<Activity | null> {
  let known: { etag: string; activity: Activity | null } | undefined;
  return async () => {
    const stored = await documents.read(activityKey(cluster), known?.etag);
    if (stored === 'unchanged') return known?.activity ?? null;
    known = stored === 'absent' ? undefined : { etag: stored.etag, activity: activityIn(stored.text) };
    return known?.activity ?? null;
  };
}

function activityIn(text: string): Activity | null {
  try {
    const activity = JSON.parse(text) as Partial<Activity>;
    const { apiVersion, workers, pools } = activity;
    return apiVersion === 'bbf/v1' && Array.isArray(workers) && pools !== undefined ? (activity as Activity) : null;
  } catch {
    return null;
  }
}
