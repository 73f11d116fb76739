/** What the farm last reported of itself. */
import type { Activity } from '../../config-schema/documents.ts';
import { activityKey } from '../../config-schema/keys.ts';
import type { Documents } from '../documents.ts';
import { parsed } from '../parsed.ts';
import { cachedRead } from './cached-read.ts';

/** null where no farm has reported, or in a form that this bbf does not know: it is an extra, never a reason to fail. */
export const activityReader = (documents: Documents, cluster: string): (() => Promise<Activity | null>) =>
  cachedRead(documents, activityKey(cluster), activityIn);

function activityIn(text: string): Activity | null {
  const activity = parsed(text) as Partial<Activity> | undefined;
  const known = activity?.apiVersion === 'bbf/v1' && Array.isArray(activity.workers) && activity.pools !== undefined;
  return known ? (activity as Activity) : null;
}
