/** Where each document lies in the bucket. One list call of `clusters/` reads the current state of every cluster. */

export const CLUSTERS_PREFIX = 'clusters/';
export const ACCESS_PREFIX = 'access/';
export const BUNDLES_PREFIX = 'bundles/';

export const clusterPrefix = (cluster: string) => `${CLUSTERS_PREFIX}${cluster}/`;
export const clusterKey = (cluster: string) => `${clusterPrefix(cluster)}cluster.json`;
export const statusKey = (cluster: string) => `${clusterPrefix(cluster)}status.json`;
export const activityKey = (cluster: string) => `${clusterPrefix(cluster)}activity.json`;
export const lockKey = (cluster: string) => `${clusterPrefix(cluster)}lock.json`;
export const leasesPrefix = (cluster: string) => `${clusterPrefix(cluster)}leases/`;
export const leaseKey = (cluster: string, id: string) => `${leasesPrefix(cluster)}${id}.json`;
/** Private key and certificates of the certificate authority; only the reconciler's role may read it. */
export const AUTHORITY_KEY = `${ACCESS_PREFIX}authority.json`;
export const bundleKey = (sha256: string) => `${BUNDLES_PREFIX}reconciler-${sha256}.zip`;

/** Nothing below another folder: `*` of an IAM policy stands for slashes as well, so one for other documents may reach there. */
export const isLeaseKey = (cluster: string, key: string): boolean =>
  key.startsWith(leasesPrefix(cluster)) && /^[^/]+$/.test(key.slice(leasesPrefix(cluster).length));

/** The cluster that an object key belongs to, or undefined for a key of anything else. */
export function clusterOfKey(key: string): string | undefined {
  return /^clusters\/([^/]+)\/./.exec(key)?.[1];
}

/**
 * Where S3 answers for a bucket, without a slash at its end. AWS wants its name in the host's; one with dots goes into the path, since no
 * certificate fits such a host (S3 user guide, "Virtual hosting of general purpose buckets").
 * @param endpoint of what stands in S3's place
 */
export function bucketUrl(
  { region, endpoint }: { region: string; endpoint?: string | undefined },
  bucket: string,
): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const service = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${service}/${bucket}` : `https://${bucket}.${service}`;
}

/** What has been written over is kept for so long (the bucket's lifecycle rules): history and undo. */
export const OLD_VERSION_DAYS = 90;
