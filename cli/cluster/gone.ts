/** A cluster that is deleted: nobody writes a status of it any more, so whoever waits for one would wait in vain. */
import { readCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import type { StatusReader } from './status-reader.ts';
import { refuseDeleted } from './tombstone.ts';

/** Reads as `readStatus` does. @throws Failure (notFound), from then on, once a status that was there is gone, and the cluster too */
export function untilGone(installation: Installation, cluster: string, readStatus: StatusReader): StatusReader {
  let wasThere = false;
  return async () => {
    const status = await readStatus();
    wasThere ||= status !== null;
    if (status === null && wasThere) {
      const { text } = await readCluster(installation, cluster);
      await refuseDeleted(installation, cluster, text);
    }
    return status;
  };
}
