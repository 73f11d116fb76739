/** Where each document lies in the bucket. One list call of `clusters/` reads the current state of every cluster. */

export const CLUSTERS_PREFIX = 'clusters/';

export const clusterPrefix = (cluster: string) => `${CLUSTERS_PREFIX}${cluster}/`;
export const clusterKey = (cluster: string) => `${clusterPrefix(cluster)}cluster.json`;
export const statusKey = (cluster: string) => `${clusterPrefix(cluster)}status.json`;
export const activityKey = (cluster: string) => `${clusterPrefix(cluster)}activity.json`;
export const lockKey = (cluster: string) => `${clusterPrefix(cluster)}lock.json`;
export const leasesPrefix = (cluster: string) => `${clusterPrefix(cluster)}leases/`;
export const leaseKey = (cluster: string, id: string) => `${leasesPrefix(cluster)}${id}.json`;
/** Private key and certificates of the certificate authority; only the reconciler's role may read it. */
export const AUTHORITY_KEY = 'access/authority.json';
export const bundleKey = (sha256: string) => `bundles/reconciler-${sha256}.zip`;

/** The cluster that an object key belongs to, or undefined for a key of anything else. */
export function clusterOfKey(key: string): string | undefined {
  return /^clusters\/([^/]+)\/./.exec(key)?.[1];
}
