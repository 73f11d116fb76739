/** What the reconciler saw and did: `clusters/NAME/status.json`. Only the reconciler writes it. */
import { poolStatusSchema, toldAt, waiting } from './pool-status.schema.ts';
import { count, instant, instantOrNull, stringOrNull } from './schema-parts.ts';

export const conditionTypes = [
  'Ready',
  'Reconciling',
  'Stalled',
  'Accepted',
  'ServerAvailable',
  'WorkersAvailable',
  'Asleep',
  'ActivityKnown',
  'WithinBudget',
] as const;

const conditionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime', 'observedRevision'],
  properties: {
    type: { type: 'string', enum: conditionTypes },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]*$' },
    message: { type: 'string' },
    target: {
      type: 'string',
      description: 'the stack or service that the message is of, as in actions; absent: the whole cluster',
    },
    lastTransitionTime: instant,
    observedRevision: stringOrNull,
  },
} as const;

const problemSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['pointer', 'message', 'expected', 'fix'],
  properties: {
    pointer: { type: 'string' },
    message: { type: 'string' },
    seen: { type: 'string' },
    expected: { type: 'string' },
    fix: { type: 'string' },
    line: { type: 'integer' },
    column: { type: 'integer' },
  },
} as const;

export const statusSchema = {
  $id: 'urn:bbf:v1:status',
  title: 'Status',
  type: 'object',
  additionalProperties: false,
  required: [
    'apiVersion',
    'kind',
    'cluster',
    'uid',
    'observedRevision',
    'acceptedRevision',
    'conditions',
    'server',
    'endpoint',
    'pools',
    'leases',
    'stacks',
    'idleSince',
    'asleep',
    'awake',
    'problems',
    'actions',
    'cost',
    'next',
    'heartbeatAt',
    'version',
  ],
  properties: {
    apiVersion: { const: 'bbf/v1' },
    kind: { const: 'Status' },
    cluster: { type: 'string' },
    uid: { ...stringOrNull, description: 'incarnation of the cluster; its stacks carry it as a tag' },
    observedRevision: { ...stringOrNull, description: 'S3 version of cluster.json that this status answers' },
    acceptedRevision: { ...stringOrNull, description: 'last valid revision: what the cluster is driven toward' },
    acceptedEtag: { ...stringOrNull, description: 'ETag of that revision: the same text written again is no edit' },
    conditions: { type: 'array', items: conditionSchema },
    server: {
      type: 'object',
      additionalProperties: false,
      required: ['desired', 'running', 'pending', 'since'],
      properties: {
        desired: count,
        running: count,
        pending: count,
        since: {
          ...instantOrNull,
          description: 'when the server was last told to run; older activity is of an older server',
        },
        toldAt,
        pools: {
          type: 'array',
          items: { type: 'string' },
          description:
            'pools that have a queue in it; absent where it has none of its own and takes actions of any pool',
        },
        waiting,
      },
    },
    endpoint: { ...stringOrNull, description: 'host:port of the running build server' },
    privateEndpoint: { type: 'string', description: 'host:port of it for workers, where that is another one' },
    pools: {
      type: 'object',
      additionalProperties: poolStatusSchema,
    },
    leases: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'holder', 'purpose', 'pools', 'expiresAt'],
        properties: {
          id: { type: 'string' },
          holder: { type: 'string' },
          purpose: { type: 'string' },
          pools: { type: 'object', additionalProperties: count },
          expiresAt: instant,
        },
      },
    },
    stacks: {
      type: 'object',
      description:
        'each stack as last read: says what to read again, and stands in for a stack that a pass has no need to read',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'status', 'hash', 'readAt'],
        properties: {
          id: { type: 'string' },
          status: { type: 'string' },
          hash: stringOrNull,
          readAt: instant,
          changedAt: {
            ...instant,
            description: 'when CloudFormation says that it last changed, where that change is known to be of bbf',
          },
          attempts: {
            type: 'object',
            description:
              'by operation, what was tried since the stack was last as wanted, so that nothing is tried for ever',
            additionalProperties: {
              type: 'object',
              additionalProperties: false,
              required: ['goal', 'revision', 'count', 'at', 'cause'],
              properties: {
                goal: { type: 'string', description: 'hash of the wanted shape; none: the stack shall go' },
                revision: { type: 'string' },
                count,
                at: instant,
                cause: { ...stringOrNull, description: 'why it was necessary, in CloudFormation’s words' },
              },
            },
          },
          askedAt: {
            ...instantOrNull,
            description:
              'when its creation was called for; until 30 s later it may be there although it can not be seen',
          },
          trouble: {
            type: 'string',
            description:
              'what ECS said of its tasks while the stack was changed last: CloudFormation’s reason tells only that they failed. Absent: nothing, or it is as wanted',
          },
          missingSince: {
            ...instantOrNull,
            description: 'since when the service that the stack should have is missing',
          },
        },
      },
    },
    leasesUnreadSince: {
      ...instant,
      description: 'since when no look could read all leases; missing while they can be read',
    },
    idleSince: { ...instantOrNull, description: 'since when nothing wanted the cluster' },
    asleep: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['since', 'revision'],
          properties: { since: instant, revision: stringOrNull },
        },
        { type: 'null' },
      ],
    },
    progressAt: {
      ...instantOrNull,
      description: 'when something that was wanted last came nearer; what has not for long is Stalled',
    },
    inventoryAt: {
      ...instantOrNull,
      description: 'when the stacks of the cluster were last listed, to find leftovers',
    },
    deleting: { const: true, description: 'the document asks for the end of the cluster; absent where it does not' },
    awake: { type: 'boolean', description: 'anything runs or is wanted, and the fast schedule watches over it' },
    problems: { type: 'array', items: problemSchema, description: 'what is wrong with the newest revision' },
    actions: {
      type: 'array',
      description: 'what the pass that wrote this did; the version chain of this object is the history',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['type', 'target', 'reason', 'evidence', 'outcome'],
        properties: {
          type: { type: 'string' },
          target: { type: 'string' },
          reason: { type: 'string' },
          evidence: { type: 'object', additionalProperties: true },
          outcome: { type: 'string', enum: ['done', 'skipped', 'failed'] },
          error: { type: 'string' },
        },
      },
    },
    cost: {
      type: 'object',
      additionalProperties: false,
      required: ['usdPerHour', 'usdToday', 'day', 'accountedAt'],
      properties: {
        usdPerHour: { type: 'number', minimum: 0, description: 'list price of what runs now' },
        usdToday: { type: 'number', minimum: 0, description: 'since midnight UTC, up to accountedAt' },
        day: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' },
        accountedAt: instant,
        usdPerWorkerHour: {
          type: 'object',
          additionalProperties: { type: 'number', minimum: 0 },
          description: 'list price of a worker, by pool, on the average of those that it has',
        },
        publicAddresses: { type: 'boolean', description: 'whether tasks have such addresses, and pay for them' },
      },
    },
    next: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['at', 'what'],
          properties: { at: instant, what: { type: 'string' } },
        },
        { type: 'null' },
      ],
      description: 'the next thing that will happen by itself',
    },
    heartbeatAt: instant,
    version: { type: 'string', description: 'version of the reconciler that wrote this' },
  },
} as const;
