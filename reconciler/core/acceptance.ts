/** The condition Accepted: what became of the newest revision of the document. */
import type { Problem } from '../../config-schema/documents.ts';
import { condition, type DraftCondition } from './draft-condition.ts';
import type { Observation } from './observation.ts';
import { ownStacks } from './situation.ts';

export function acceptance(o: Observation): DraftCondition {
  const { document } = o;
  if (document.state === 'valid') return condition('Accepted', 'True', 'Valid', 'the newest revision is in force');
  if (document.state === 'invalid') {
    const rest = o.accepted ? 'the last valid one stays in force' : 'no valid one is known';
    const message = `the newest revision is invalid (${inShort(document.problems)}); ${rest}`;
    return condition('Accepted', 'False', 'Invalid', message);
  }
  if (document.state === 'absent') return missing(o);
  return condition('Accepted', 'Unknown', 'DocumentUnreadable', `cluster.json could not be read: ${document.error}`);
}

/** The status has them all. */
function inShort([first, ...more]: Problem[]): string {
  const others = more.length > 0 ? `; and ${more.length} more` : '';
  return `${first?.pointer || '/'}: ${first?.message}; ${first?.fix}${others}`;
}

function missing(o: Observation): DraftCondition {
  if (!o.accepted && !wasAccepted(o)) {
    const message = 'there is no cluster.json and none was ever accepted';
    return condition('Accepted', 'False', 'NeverAccepted', message);
  }
  const rest = o.accepted
    ? '; the last valid revision stays in force'
    : ', and the last valid revision can not be read';
  const message = `cluster.json is missing${rest}. To remove a cluster: bbf delete`;
  return condition('Accepted', 'Unknown', 'DocumentMissing', message);
}

/** Status says so, or, where that was removed too, a stack that was made for one. */
const wasAccepted = (o: Observation): boolean =>
  (o.status?.acceptedRevision ?? null) !== null || ownStacks(o).length > 0;
