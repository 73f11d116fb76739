/** A running build's time-bounded claim on workers: `clusters/NAME/leases/ID.json`. */

/** A week. */
export const LEASE_TTL_MAX_SECONDS = 604_800;
/** How long an object under leases/ that is no lease keeps the cluster awake: time for a person to look at it or to remove it. */
export const UNPARSED_TTL_SECONDS = 3_600;

export const leaseSchema = {
  $id: 'urn:bbf:v1:lease',
  title: 'Lease',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'id', 'holder', 'pools', 'ttlSeconds'],
  properties: {
    apiVersion: { const: 'bbf/v1' },
    kind: { const: 'Lease' },
    id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{2,63}$' },
    holder: { type: 'string', minLength: 1, maxLength: 512, description: 'who: arn or user@host' },
    purpose: { type: 'string', maxLength: 2048, default: '', description: 'what for, e.g. the build command' },
    pools: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { workers: { type: 'integer', minimum: 1, maximum: 1000, default: 1 } },
      },
    },
    ttlSeconds: {
      type: 'integer',
      minimum: 5,
      maximum: LEASE_TTL_MAX_SECONDS,
      description: 'the lease ends this long after the LastModified that S3 gave it',
    },
  },
} as const;
