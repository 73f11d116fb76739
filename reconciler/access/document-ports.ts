/** The ports of the Function URL on the documents of the bucket: what it must know of a cluster, and the authority. */

import { durationMs } from '../../config-schema/durations.ts';
import { AUTHORITY_KEY, clusterKey, statusKey } from '../../config-schema/keys.ts';
import { parseCluster, parseStatus } from '../../config-schema/parse.ts';
import type { Documents, Log } from '../ports.ts';
import type { AuthorityStore } from './authority.ts';
import type { AccessPorts } from './function-url.ts';
import type { FarmTask } from './issue.ts';
import { LIVES, type Lives } from './lives.ts';
import type { Signer } from './signer.ts';

/** For a document that can't be read: the shortest that a person would choose, until somebody repairs it. */
const CAUTIOUS_TTL_MS = durationMs('1h');

export function accessPorts(parts: {
  documents: Documents;
  task(taskId: string): Promise<FarmTask | null>;
  now(): number;
  lives?: Lives;
  log: Log;
}): AccessPorts {
  const { documents, lives = LIVES } = parts;
  return {
    signer: lazySigner(authorityStore(documents), parts.now, lives),
    lives,
    task: parts.task,
    now: parts.now,
    log: parts.log,
    clientTtlMs: (cluster) => clientTtlMs(documents, cluster),
    endpoint: (cluster, role) => endpointOf(documents, cluster, role),
  };
}

/** X.509 is loaded by the first request that needs it: every other wake-up of the function is spared its 40 ms. */
function lazySigner(store: AuthorityStore, now: () => number, lives: Lives): Signer {
  const signer = async () => (await import('./authority-signer.ts')).authoritySigner(store, now, lives);
  return {
    sign: async (profile, proof) => (await signer()).sign(profile, proof),
    authorities: async () => (await signer()).authorities(),
    rotate: async () => (await signer()).rotate(),
  };
}

/** Null where the cluster has no document. */
async function clientTtlMs(documents: Documents, cluster: string): Promise<number | null> {
  const document = await documents.read(clusterKey(cluster));
  if (!document) return null;
  const parsed = parseCluster(document.text, { cluster });
  return parsed.ok ? durationMs(parsed.cluster.spec.access.certificates.clientTtl) : CAUTIOUS_TTL_MS;
}

/** What the last pass found; null while the cluster is asleep, starting, or unknown. */
async function endpointOf(documents: Documents, cluster: string, role: string): Promise<string | null> {
  const document = await documents.read(statusKey(cluster));
  const parsed = document ? parseStatus(document.text) : null;
  if (!parsed?.ok) return null;
  const { endpoint, privateEndpoint = endpoint } = parsed.status;
  return role === 'client' ? endpoint : privateEndpoint;
}

function authorityStore(documents: Documents): AuthorityStore {
  return {
    read: () => documents.read(AUTHORITY_KEY),
    write: (text, etag) => documents.write(AUTHORITY_KEY, text, etag),
  };
}
