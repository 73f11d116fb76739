/** The desired state of one cluster, as people write it: `clusters/NAME/cluster.json`. */
import { DURATION_PATTERN } from './durations.ts';
import { SLOTS_MAX, UNCONTROLLED_PATTERN } from './schema-parts.ts';

const duration = { type: 'string', pattern: DURATION_PATTERN } as const;

/** Of clusters and pools. `--` separates the parts of an AWS name, and `constructor` is a member of every JavaScript object. */
export const NAME_PATTERN = '^(?!constructor$)[a-z][a-z0-9]*(-[a-z0-9]+)*$';
export const NAME_CHARACTERS_MAX = 24;
const name = { type: 'string', pattern: NAME_PATTERN, maxLength: NAME_CHARACTERS_MAX } as const;

/** An image reference has no spaces; more is for the registry to say. */
const image = { type: 'string', pattern: '^[^ \\t\\r\\n]+$', maxLength: 512 } as const;

/** Builds repeat it in their flags, and `bbf bazelrc` in a file of lines. */
const property = { type: 'string', pattern: UNCONTROLLED_PATTERN } as const;
/** Bazel takes all up to the first `=` of a flag for the name. */
export const PROPERTY_NAME_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f=]+$';
const propertyName = { type: 'string', pattern: PROPERTY_NAME_PATTERN } as const;

/** What runs beside an engine that can't do mutual TLS, activity and draining itself (docs/decisions/0014): all of them, or none. */
export const COMPANIONS = ['storage', 'backplane', 'gateway', 'agent'] as const;

export const poolSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    workers: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: 'workers that are kept while awake',
    },
    workersMax: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 20,
      description: 'never more workers than this',
    },
    cpu: { type: 'integer', default: 4096, description: 'CPU units of one worker; 1024 is one vCPU' },
    memoryMiB: { type: 'integer', default: 8192, description: 'memory of one worker' },
    diskGiB: { type: 'integer', minimum: 21, maximum: 200, default: 50, description: 'ephemeral disk of one worker' },
    slots: {
      type: 'integer',
      minimum: 1,
      maximum: SLOTS_MAX,
      default: 4,
      description: 'actions that one worker runs at a time',
    },
    architecture: { type: 'string', enum: ['x86_64', 'arm64'], default: 'x86_64' },
    capacity: { type: 'string', enum: ['spot', 'on-demand'], default: 'spot' },
    onDemandBase: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: 'so many workers of a Spot pool run on demand, the rest on Spot',
    },
    platform: {
      type: 'object',
      propertyNames: propertyName,
      additionalProperties: property,
      default: { OSFamily: 'linux' },
      description: 'platform properties that an action may ask for to land here',
    },
  },
} as const;

const scheduleSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['cron', 'for', 'pools'],
  properties: {
    cron: { type: 'string', description: 'five fields: minute hour day-of-month month day-of-week' },
    timezone: { type: 'string', default: 'UTC', description: 'IANA time zone' },
    for: { ...duration, description: 'how long the floor lasts' },
    pools: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['workers'],
        properties: { workers: { type: 'integer', minimum: 0, maximum: 1000 } },
      },
    },
  },
} as const;

export const specSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    suspend: { type: 'boolean', default: false, description: 'true: the reconciler changes nothing and still reports' },
    delete: {
      type: 'object',
      additionalProperties: false,
      required: ['uid'],
      properties: { uid: { type: 'string', minLength: 1 } },
      description: 'tombstone: remove the cluster whose metadata.uid this is',
    },
    pools: {
      type: 'object',
      propertyNames: name,
      additionalProperties: poolSchema,
      maxProperties: 20,
      default: { default: {} },
    },
    server: {
      type: 'object',
      additionalProperties: false,
      properties: {
        cpu: { type: 'integer', default: 1024, description: 'CPU units; 1024 is one vCPU' },
        memoryMiB: { type: 'integer', default: 2048 },
        diskGiB: {
          type: 'integer',
          minimum: 21,
          maximum: 200,
          description: 'ephemeral disk, which holds the cache; default: the 20 GiB that Fargate gives every task',
        },
      },
      default: {},
    },
    scaling: {
      type: 'object',
      additionalProperties: false,
      properties: {
        idleAfter: {
          ...duration,
          default: '20m',
          description: 'the whole cluster goes to zero after this long without work',
        },
        queue: { type: 'boolean', default: true, description: 'scale out on queued and running actions' },
        scaleInAfter: {
          ...duration,
          default: '5m',
          description: 'a pool shrinks only after wanting less for this long',
        },
        schedules: { type: 'array', items: scheduleSchema, default: [] },
      },
      default: {},
    },
    budget: {
      type: 'object',
      additionalProperties: false,
      properties: {
        usdPerHour: { type: 'number', exclusiveMinimum: 0 },
        usdPerDay: { type: 'number', exclusiveMinimum: 0 },
      },
      default: {},
    },
    engine: {
      type: 'object',
      additionalProperties: false,
      properties: {
        server: { ...image, description: 'image of the build server; default: the installation’s' },
        worker: { ...image, description: 'image of the workers; default: the installation’s' },
        storage: { ...image, description: 'image of the storage worker beside a Buildfarm server' },
        backplane: { ...image, description: 'image of Redis or Valkey beside a Buildfarm server' },
        gateway: { ...image, description: 'image of the proxy that does mutual TLS for server and workers' },
        agent: { ...image, description: 'image of the program that gets certificates and reports activity' },
      },
      default: {},
    },
    access: {
      type: 'object',
      additionalProperties: false,
      properties: {
        certificates: {
          type: 'object',
          additionalProperties: false,
          properties: { clientTtl: { ...duration, default: '12h', description: 'life of a client certificate' } },
          default: {},
        },
      },
      default: {},
    },
  },
} as const;

export const clusterSchema = {
  $id: 'urn:bbf:v1:cluster',
  title: 'Cluster',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    $schema: { type: 'string' },
    apiVersion: { const: 'bbf/v1' },
    kind: { const: 'Cluster' },
    metadata: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name,
        uid: {
          type: 'string',
          // What the value of a tag may be (CloudFormation and ECS).
          pattern: '^[\\p{L}\\p{N}\\p{Zs}_.:/=+@-]{1,64}$',
          description: 'made once; a tombstone must repeat it',
        },
        writeId: {
          type: 'string',
          maxLength: 64,
          description: 'nonce of the write, tells a lost answer from a lost race',
        },
        writtenBy: { type: 'string', maxLength: 512 },
        reason: { type: 'string', maxLength: 2048 },
      },
    },
    spec: specSchema,
  },
} as const;
