/** A cluster's status, as the reconciler last wrote it. */
import type { Status } from '../../config-schema/documents.ts';
import { statusKey } from '../../config-schema/keys.ts';
import type { Documents } from '../documents.ts';
import { Failure } from '../failure.ts';
import { cachedRead } from './cached-read.ts';

/** null before the reconciler has looked at the cluster for the first time, and after it has forgotten it. */
export type StatusReader = () => Promise<Status | null>;

export function statusReader(documents: Documents, cluster: string): StatusReader {
  const key = statusKey(cluster);
  return cachedRead(documents, key, (text) => parse(text, key));
}

/** Only the reconciler writes it, so it is checked for its version and no further: ajv would cost more than the request. */
function parse(text: string, key: string): Status {
  let status: Partial<Status>;
  try {
    status = JSON.parse(text) as Status;
  } catch (error) {
    throw new Failure('protocol', `${key} is not JSON: ${(error as Error).message}`, {
      next: 'bbf status after the next pass of the reconciler, which writes it anew; else bbf logs reconciler',
    });
  }
  if (status.apiVersion === 'bbf/v1' && status.kind === 'Status') return status as Status;
  const seen = `${status.kind ?? 'no kind'} ${status.apiVersion ?? 'without apiVersion'}`;
  throw new Failure('protocol', `${key} is ${seen}, and this bbf understands Status bbf/v1`, {
    next: 'install the bbf that set this installation up, or set it up with this one, as bbf doctor says',
  });
}
