/** TypeScript types of the documents, derived from their schemas so that they can't drift apart. */
import type { FromSchema } from 'json-schema-to-ts';
import type { activitySchema } from './activity.schema.ts';
import type { clusterSchema, poolSchema, specSchema } from './cluster.schema.ts';
import type { leaseSchema } from './lease.schema.ts';
import type { conditionTypes, statusSchema } from './status.schema.ts';

/** A cluster with every default filled in, as `parseCluster` returns it. */
export type Cluster = FromSchema<typeof clusterSchema>;
/** A cluster as a person may write it: a name and any part of a spec. */
export type ClusterInput = FromSchema<typeof clusterSchema, { keepDefaultedPropertiesOptional: true }>;
export type Spec = FromSchema<typeof specSchema>;
export type Pool = FromSchema<typeof poolSchema>;
export type Lease = FromSchema<typeof leaseSchema>;
export type Activity = FromSchema<typeof activitySchema>;
export type ActivityWorker = Activity['workers'][number];
export type Status = FromSchema<typeof statusSchema>;
export type Condition = Status['conditions'][number];
export type ConditionType = (typeof conditionTypes)[number];
export type PoolStatus = Status['pools'][string];
/** One thing that is wrong with a document: where, what was seen, what was expected, what to do. */
export type Problem = Status['problems'][number];
